/* global document, EventSource, fetch */
// Text from messages goes into the page by textContent alone, never as markup.
(() => {
  const PHONES_MAX = 60;
  const BUBBLES_MAX = 40;
  const LANDS = {
    234: 'NG',
    250: 'RW',
    256: 'UG',
    254: 'KE',
    255: 'TZ',
    260: 'ZM',
    233: 'GH',
    27: 'ZA',
    1: 'TEST',
  };
  const WORDS = {
    accepted: 'on its way',
    queued: 'on its way',
    sending: 'on its way',
    sent: 'sent ✓',
    delivered: 'delivered ✓✓',
    undelivered: 'not delivered',
    failed: 'failed',
  };
  const FAILED = new Set(['undelivered', 'failed']);
  const TOKEN = /\d{4}(?:[- ]?\d{4}){4}|^\d{3}(?: \d{3}){2,4}$/gm;

  const byId = (id) => document.getElementById(id);
  const board = byId('phones');
  const search = byId('search');
  const live = byId('live');
  const phones = new Map();
  const bubbles = new Map();

  function phoneOf(msisdn) {
    let phone = phones.get(msisdn);
    if (phone) return phone;
    const card = byId('phone').content.firstElementChild.cloneNode(true);
    const code = Object.keys(LANDS).find((prefix) => msisdn.startsWith('+' + prefix));
    card.querySelector('.land').textContent = LANDS[code] ?? 'SIM';
    card.querySelector('h2').textContent = grouped(msisdn, code);
    phone = { msisdn, card, list: card.querySelector('ol'), count: 0 };
    phone.list.setAttribute('aria-label', `Messages to ${msisdn}`);
    const form = card.querySelector('form');
    form.body.setAttribute('aria-label', `Text from ${msisdn} to Wattline`);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void send(phone, form.body);
    });
    card.addEventListener('animationend', () => card.classList.remove('ringing'));
    phones.set(msisdn, phone);
    return phone;
  }

  function grouped(msisdn, code) {
    if (!code) return msisdn;
    const rest = msisdn.slice(code.length + 1);
    return `+${code} ${rest.replace(/(\d{3})(?=\d{3})/g, '$1 ')}`;
  }

  function show(text, isNew) {
    const known = bubbles.get(text.sid);
    if (known) return paint(known, text);
    const phone = phoneOf(text.to);
    const bubble = byId('bubble').content.firstElementChild.cloneNode(true);
    bubble.querySelector('.sender').textContent = text.from;
    write(bubble.querySelector('.body'), text.body);
    const time = bubble.querySelector('time');
    time.dateTime = text.at;
    time.textContent = new Date(text.at).toLocaleTimeString([], {
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    bubble.dataset.sid = text.sid;
    paint(bubble, text);
    bubbles.set(text.sid, bubble);
    phone.list.prepend(bubble);
    phone.count += 1;
    phone.card.querySelector('.count').textContent = String(phone.count);
    if (isNew) {
      bubble.classList.add('new');
      phone.card.classList.add('ringing');
    }
    board.prepend(phone.card);
    while (phone.list.childElementCount > BUBBLES_MAX) forget(phone.list.lastElementChild);
    trimPhones();
  }

  /** From the phone to the service's number; what comes of it rings. */
  async function send({ msisdn, list }, input) {
    const body = input.value;
    input.value = '';
    const bubble = byId('bubble').content.firstElementChild.cloneNode(true);
    bubble.classList.add('mine');
    bubble.querySelector('.body').textContent = body;
    list.prepend(bubble);
    const answer = await fetch(`/phones/${encodeURIComponent(msisdn)}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ body }),
    }).catch(() => undefined);
    const taken = answer?.ok && (await answer.json()).outcomes.every((it) => it === 200);
    bubble.classList.toggle('failed', !taken);
    bubble.querySelector('.status').textContent = taken ? 'sent ✓' : 'not taken';
  }

  function paint(bubble, { status }) {
    bubble.classList.toggle('failed', FAILED.has(status));
    bubble.classList.toggle('delivered', status === 'delivered');
    bubble.querySelector('.status').textContent = WORDS[status] ?? status;
  }

  /** A token of 20 digits, or a code in threes, stands out, because that is what the customer types. */
  function write(place, body) {
    let from = 0;
    for (const found of body.matchAll(TOKEN)) {
      const token = document.createElement('b');
      token.textContent = found[0];
      place.append(body.slice(from, found.index), token);
      from = found.index + found[0].length;
    }
    place.append(body.slice(from));
  }

  function forget(bubble) {
    bubbles.delete(bubble.dataset.sid);
    bubble.remove();
  }

  function trimPhones() {
    while (board.childElementCount > PHONES_MAX) {
      const card = board.lastElementChild;
      const phone = [...phones.values()].find((one) => one.card === card);
      for (const bubble of [...phone.list.children]) forget(bubble);
      phones.delete(phone.msisdn);
      card.remove();
    }
  }

  function filter() {
    const wanted = search.value.trim().toLowerCase();
    const digits = wanted.replace(/[\s+-]/g, '');
    for (const { msisdn, card, list } of phones.values()) {
      const isNumber = /^\d+$/.test(digits) && msisdn.includes(digits);
      card.hidden = wanted !== '' && !isNumber && !list.textContent.toLowerCase().includes(wanted);
    }
    byId('empty').hidden = phones.size > 0;
  }

  function clear() {
    phones.clear();
    bubbles.clear();
    board.replaceChildren();
  }

  const stream = new EventSource('/phones/stream');
  stream.addEventListener('open', () => {
    live.textContent = 'live';
    live.classList.add('on');
  });
  stream.addEventListener('error', () => {
    live.textContent = 'reconnecting';
    live.classList.remove('on');
  });
  stream.addEventListener('snapshot', (event) => {
    clear();
    for (const text of JSON.parse(event.data)) show(text, false);
    filter();
  });
  stream.addEventListener('texts', (event) => {
    for (const text of JSON.parse(event.data)) show(text, true);
    filter();
  });
  search.addEventListener('input', filter);
})();
