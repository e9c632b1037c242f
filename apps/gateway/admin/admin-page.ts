import { approvals, deadLetters, type Forms, invariants, queues, trail } from './admin-sections.js';
import { paymentsInDoubt, redemptionsInDoubt } from './doubt-sections.js';
import { Html, html } from './html.js';
import type { Overview } from './read-overview.js';

/** What became of a form, by the code in the address: only these words reach the page. */
const SAID: Readonly<Record<string, string>> = {
  retried: 'It is being handled again.',
  discarded: 'It is discarded.',
  approved: 'You agreed; it is being carried out.',
  rejected: 'You said no; no money moves.',
  conflict: 'Somebody has decided that already, or it has changed since.',
  second_person_required: 'Another operator has to decide this.',
  not_found: 'There is no such thing any more.',
  validation_failed: 'Say why, in at least three characters.',
  unavailable: 'A service did not answer. Try again.',
  unauthorized: 'Sign in again.',
  invalid_credentials: 'Phone or password is wrong.',
  account_suspended: 'This account is suspended.',
  rate_limited: 'Too many attempts. Wait a while.',
  forbidden: 'This page is for operators.',
};

export function signInPage(said?: string): string {
  return page(
    'Sign in',
    html`<main class="narrow">
      <h1>Wattline operators</h1>
      ${notice(said)}
      <form method="post" action="/admin/sign-in" class="stack">
        <label
          >Phone <input name="phone" type="tel" required maxlength="40" autocomplete="username" autofocus
        /></label>
        <label
          >Password
          <input name="password" type="password" required maxlength="200" autocomplete="current-password"
        /></label>
        <button>Sign in</button>
      </form>
    </main>`,
  );
}

export function queuesPage(overview: Overview, forms: Forms, at: string, said?: string): string {
  const { operators, deadLetters: dead, actions } = overview;
  const waiting = actions.filter(({ state }) => state === 'waiting_for_approval').length;
  const broken = overview.invariants?.results.filter(({ holds }) => !holds).length;
  return page(
    'Queues',
    html`<header>
        <h1>Wattline queues</h1>
        <p class="soft">
          ${operators.get(forms.userId) ?? 'Operator'} · as of ${at.slice(0, 19).replace('T', ' ')} UTC ·
          <a href="/admin/queues">look again</a>
        </p>
        <form method="post" action="/admin/sign-out">
          <input type="hidden" name="csrf" value="${forms.csrf}" /> <button class="quiet">Sign out</button>
        </form>
      </header>
      <main>
        ${notice(said)}
        <ul class="tiles">
          ${tile('Dead letters', dead.items.length, 'dead')}
          ${tile('Payments in doubt', overview.inDoubt?.length, 'doubt')}
          ${tile('Vouchers in doubt', overview.redemptions?.length, 'vouchers')}
          ${tile('Wait for approval', waiting, 'approvals')}
          ${tile('Broken invariants', broken, 'invariants')}
        </ul>
        ${section('queues', 'Queues', queues(overview))}
        ${section('dead', 'Dead letters', deadLetters(overview, forms))}
        ${section('doubt', 'Payments in doubt', paymentsInDoubt(overview))}
        ${section('vouchers', 'Vouchers in doubt', redemptionsInDoubt(overview))}
        ${section('approvals', 'Refunds and adjustments', approvals(overview, forms))}
        ${section('invariants', 'What must always hold', invariants(overview))}
        ${section('trail', 'Recent events', trail(overview))}
      </main>`,
  );
}

function section(id: string, title: string, content: Html): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    <div class="scroll">${content}</div>
  </section>`;
}

function tile(title: string, value: number | undefined, to: string): Html {
  const look = value === undefined ? 'bad' : value > 0 ? 'bad' : 'good';
  return html`<li>
    <a href="#${to}" class="${look}"><b>${value ?? '?'}</b> ${title}</a>
  </li>`;
}

function notice(said: string | undefined): Html | undefined {
  const text = said !== undefined && Object.hasOwn(SAID, said) ? SAID[said] : undefined;
  return text === undefined ? undefined : html`<p class="notice" role="status">${text}</p>`;
}

function page(title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${title} · Wattline</title>
        <link rel="icon" href="data:," />
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html> `.text;
}

const STYLE = new Html(`
:root{--ink:#10231f;--soft:#51655f;--paper:#f6f8f5;--card:#fff;--line:#dde5df;--brand:#0b5d4b;--on:#fff;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e9f2ee;--soft:#9db3ab;--paper:#0c1614;--card:#13211e;--line:#24362f;--brand:#5fd0b0;--on:#06221b;--bad:#ff8a80}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header,main{max-width:76rem;margin:0 auto;padding:1rem 1.25rem}
header{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;align-items:center}
header form{margin-left:auto}
.narrow{max-width:24rem;padding-top:14vh}
h1{font-size:1.6rem;letter-spacing:-.02em;margin:0}
h2{font-size:1.05rem;margin:0 0 .75rem}
h3{font-size:.95rem;margin:0}
p{margin:.25rem 0}
a{color:var(--brand)}
section,.narrow form{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:1.1rem 1.25rem;margin:1rem 0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.35rem .9rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top;white-space:nowrap}
td:nth-child(4){white-space:normal}
thead th{color:var(--soft);font-weight:500;font-size:.85rem}
tbody th{font-weight:600}
tr:last-child>*{border-bottom:0}
.num{font-variant-numeric:tabular-nums}
.soft{color:var(--soft)}
.bad{color:var(--bad);font-weight:600}
.good{color:var(--brand)}
.error{color:var(--bad);overflow-wrap:anywhere}
.notice{border:1px solid var(--brand);border-radius:10px;padding:.6rem .9rem}
.tiles,.checks{list-style:none;margin:0;padding:0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:1rem}
.tiles a{display:block;background:var(--card);border:1px solid var(--line);border-radius:14px;padding:.8rem 1.1rem;text-decoration:none}
.tiles b{display:block;font-size:1.9rem;line-height:1.2}
.checks li{margin:.3rem 0;font-weight:400}
.checks b{display:inline-block;min-width:5.5rem}
article{border-top:1px solid var(--line);padding:.8rem 0}
article:first-child{border-top:0;padding-top:0}
pre{background:var(--paper);border-radius:8px;padding:.7rem;overflow-x:auto;font-size:.85rem}
summary{cursor:pointer;color:var(--soft)}
.actions,.actions form,td form{display:flex;flex-wrap:wrap;gap:.5rem;margin:.4rem 0 0}
td form{margin:0 0 .3rem}
.stack{display:grid;gap:.9rem}
label{display:grid;gap:.25rem;color:var(--soft)}
input{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:.4rem .6rem;min-width:0}
.actions input{min-width:15rem}
button{font:inherit;font-weight:600;color:var(--on);background:var(--brand);border:1px solid var(--brand);border-radius:8px;padding:.4rem .9rem;cursor:pointer}
button.danger{background:none;color:var(--bad);border-color:var(--bad)}
button.quiet{background:none;color:var(--soft);border-color:var(--line)}
:focus-visible{outline:3px solid var(--brand);outline-offset:2px}
`);
