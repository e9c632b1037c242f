/* global document, fetch, location, setTimeout */
// What the simulator says goes into the page by textContent alone, never as markup.
(() => {
  const POLL_MS = 1000;
  const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '⌫', '0', '⏎'];
  const WORDS = { '⌫': 'Delete', '⏎': 'Enter' };

  const byId = (id) => document.getElementById(id);
  let current = location.hash.slice(1);
  let typed = '';

  async function ask(path, body) {
    const init = body && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    const answer = await fetch(path, init);
    const said = await answer.json();
    byId('problem').textContent = answer.ok ? '' : said.title;
    return answer.ok ? said : null;
  }

  const pathOf = (number, part = '') => `/meters/${encodeURIComponent(number)}${part}`;

  async function refresh() {
    const list = await ask('/meters');
    if (list) showList(list.items);
    const meter = list?.items.find(({ number }) => number === current);
    if (meter) show(meter);
  }

  function showList(meters) {
    const rows = meters.map((meter) => {
      const row = byId('row').content.firstElementChild.cloneNode(true);
      row.querySelector('b').textContent = meter.number;
      row.querySelector('span').textContent = meter.display.credit;
      row.classList.toggle('off', meter.relay === 'open');
      const button = row.querySelector('button');
      if (meter.number === current) button.setAttribute('aria-current', 'true');
      button.dataset.number = meter.number;
      return row;
    });
    const focused = document.activeElement?.dataset?.number;
    byId('meters').replaceChildren(...rows);
    byId('empty').hidden = meters.length > 0;
    if (focused) byId('meters').querySelector(`[data-number="${focused}"]`)?.focus();
  }

  function show(meter) {
    byId('meter').hidden = false;
    byId('plate').textContent = `${meter.kind === 'sts' ? 'STS' : 'OpenPAYGO'} ${meter.number}`;
    byId('relay').textContent = meter.tampered ? 'tampered' : meter.relay === 'closed' ? 'on' : 'off';
    byId('meter').classList.toggle('off', meter.relay === 'open');
    byId('credit').textContent = meter.display.credit;
    byId('message').textContent = meter.display.message;
    byId('speed').value = String(meter.clock.speed);
    const facts = {
      Load: `${meter.loadW} W`,
      'Used in all': `${meter.totalKwh} kWh`,
      'Tokens taken': meter.usedTokens,
      'Its time': `${meter.clock.at.slice(0, 16).replace('T', ' ')} UTC`,
      ...(meter.lockedUntil ? { 'Locked until': meter.lockedUntil.slice(11, 19) } : {}),
      ...(meter.kind === 'sts'
        ? { 'Supply group': `${meter.facts.sgc}, key ${meter.facts.krn}, tariff ${meter.facts.ti}` }
        : {}),
    };
    const lines = Object.entries(facts).flatMap(([name, value]) => {
      const [dt, dd] = [document.createElement('dt'), document.createElement('dd')];
      dt.textContent = name;
      dd.textContent = String(value);
      return [dt, dd];
    });
    byId('facts').replaceChildren(...lines);
  }

  function showTyped() {
    byId('typed').textContent = typed.replace(/(\d{4})(?=\d)/g, '$1 ');
  }

  async function choose(number) {
    const meter = await ask(pathOf(number));
    if (!meter) return;
    current = number;
    typed = '';
    location.hash = number;
    showTyped();
    show(meter);
    await refresh();
  }

  async function press(key) {
    if (key === '⏎') {
      if (typed === '') return;
      const token = typed;
      typed = '';
      showTyped();
      await ask(pathOf(current, '/keys'), { token });
      await refresh();
      return;
    }
    typed = key === '⌫' ? typed.slice(0, -1) : (typed + key).slice(0, 20);
    showTyped();
  }

  async function setClock(order) {
    const meter = await ask(pathOf(current, '/clock'), order);
    if (meter) show(meter);
  }

  for (const key of KEYS) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = key;
    if (WORDS[key]) button.setAttribute('aria-label', WORDS[key]);
    button.addEventListener('click', () => void press(key));
    byId('keys').append(button);
  }
  document.addEventListener('keydown', (event) => {
    const elsewhere = /^(INPUT|SELECT)$/.test(event.target.tagName);
    if (elsewhere || byId('meter').hidden || event.ctrlKey || event.metaKey) return;
    const onButton = event.target.tagName === 'BUTTON';
    if (/^\d$/.test(event.key)) void press(event.key);
    if (event.key === 'Backspace') void press('⌫');
    if (event.key === 'Enter' && !onButton) void press('⏎');
  });
  document.addEventListener('paste', (event) => {
    if (/^(INPUT|SELECT)$/.test(event.target.tagName) || byId('meter').hidden) return;
    typed = event.clipboardData.getData('text').replace(/\D/g, '').slice(0, 20);
    showTyped();
  });
  byId('find').addEventListener('submit', (event) => {
    event.preventDefault();
    void choose(byId('number').value.trim());
  });
  byId('meters').addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (button) void choose(button.dataset.number);
  });
  byId('speed').addEventListener('change', () => void setClock({ speed: Number(byId('speed').value) }));
  byId('hour').addEventListener('click', () => void setClock({ advanceHours: 1 }));
  byId('day').addEventListener('click', () => void setClock({ advanceHours: 24 }));

  async function poll() {
    if (!document.hidden) {
      await refresh().catch(() => {
        byId('problem').textContent = 'The simulator does not answer.';
      });
    }
    setTimeout(() => void poll(), POLL_MS);
  }
  void (current ? choose(current) : Promise.resolve()).catch(() => undefined).then(poll);
})();
