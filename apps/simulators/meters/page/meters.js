/* global document, fetch, location, setTimeout */
// What the simulator says goes into the page by textContent alone, never as markup.
(() => {
  const POLL_MS = 1000;
  const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '⌫', '0', '⏎'];
  const WORDS = { '⌫': 'Delete', '⏎': 'Enter' };

  const byId = (id) => document.getElementById(id);
  let current = location.hash.slice(1);
  let typed = '';
  const rows = new Map();

  async function ask(path, body) {
    const init = body && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    const answer = await fetch(path, init);
    const said = await answer.json();
    if (!answer.ok) byId('problem').textContent = said.title;
    return answer.ok ? said : null;
  }

  const pathOf = (number, part = '') => `/meters/${encodeURIComponent(number)}${part}`;

  async function refresh() {
    const list = await ask('/meters');
    if (!list) return;
    for (const meter of list.items) showRow(meter);
    byId('empty').hidden = list.items.length > 0;
    const meter = list.items.find(({ number }) => number === current);
    if (meter) show(meter);
  }

  /** A row stays where it is: one that is made anew under a finger would lose the click. */
  function showRow({ number, display, relay }) {
    let row = rows.get(number);
    if (!row) {
      row = byId('row').content.firstElementChild.cloneNode(true);
      row.querySelector('b').textContent = number;
      row.querySelector('button').addEventListener('click', () => void choose(number));
      rows.set(number, row);
      byId('meters').append(row);
    }
    row.querySelector('span').textContent = display.credit;
    row.classList.toggle('off', relay === 'open');
    row.querySelector('button').setAttribute('aria-current', String(number === current));
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
    if (number === '') return;
    byId('problem').textContent = '';
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
      byId('problem').textContent = '';
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
    // What is typed next is for the keypad.
    byId('number').blur();
    void choose(byId('number').value.trim());
  });
  byId('speed').addEventListener('change', () => void setClock({ speed: Number(byId('speed').value) }));
  byId('hour').addEventListener('click', () => void setClock({ advanceHours: 1 }));
  byId('day').addEventListener('click', () => void setClock({ advanceHours: 24 }));

  async function poll() {
    if (!document.hidden) {
      const answers = await refresh().then(
        () => true,
        () => false,
      );
      byId('lost').hidden = answers;
    }
    setTimeout(() => void poll(), POLL_MS);
  }
  void (current ? choose(current) : Promise.resolve()).catch(() => undefined).then(poll);
})();
