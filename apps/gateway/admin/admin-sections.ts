import type { DeadLetter } from '#contracts';
import type { MoneyJson } from '#kernel';
import type { MoneyActionView } from '../money-actions/money-actions.dto.js';
import type { WatchedQueue } from '../operations/watch-queues.js';
import { type Html, html } from './html.js';
import type { Overview } from './read-overview.js';

/** What the forms of a page carry. */
export interface Forms {
  csrf: string;
  /** The operator who looks. */
  userId: string;
}

export const AWAY = html`<p class="bad">The service that knows did not answer.</p>`;
export const time = (iso: string) =>
  html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')}</time>`;
export const money = ({ amount, currency }: MoneyJson) =>
  html`<span class="num">${currency} ${amount}</span>`;
const short = (id: string) => html`<code title="${id}">…${id.slice(-8)}</code>`;
const warn = (value: number, from = 1) => html`<td class="num${value >= from ? ' bad' : ''}">${value}</td>`;

export function queues({ queues }: Overview): Html {
  return html`<table>
    <thead>
      <tr>
        <th>Service</th>
        <th>Queue</th>
        <th>Outbox</th>
        <th>Oldest</th>
        <th>Handled</th>
        <th>Lag</th>
        <th>Retry</th>
        <th>Dead</th>
        <th>Calls</th>
        <th>Unknown</th>
      </tr>
    </thead>
    <tbody>
      ${queues.map(queueRow)}
    </tbody>
  </table>`;
}

function queueRow(queue: WatchedQueue): Html {
  if (!queue.reachable)
    return html`<tr>
      <th>${queue.service}</th>
      <td colspan="9" class="bad">does not answer</td>
    </tr>`;
  const { service, queued, outbox, inbox, effects, handled } = queue;
  return html`<tr>
    <th>${service}</th>
    <td class="num">${queued ?? 'n/a'}</td>
    <td class="num">${outbox.waiting}</td>
    <td class="num${outbox.oldestSeconds > 10 ? ' bad' : ''}">${outbox.oldestSeconds} s</td>
    <td class="num">${handled.perSecond.toFixed(1)}/s</td>
    <td class="num">${handled.lagSeconds.toFixed(1)} s</td>
    ${warn(inbox.retry)}${warn(inbox.dead)}${warn(effects.waiting, 100)}${warn(effects.unknown)}
  </tr>`;
}

export function deadLetters({ deadLetters, operators }: Overview, forms: Forms): Html {
  const away = deadLetters.unreachable.map((it) => html`<p class="bad">${it} did not answer.</p>`);
  if (deadLetters.items.length === 0)
    return html`${away}
      <p class="soft">None. Every event was handled.</p>`;
  return html`${away}${deadLetters.items.map((letter) => deadLetter(letter, operators, forms))}`;
}

function deadLetter(letter: DeadLetter, operators: Overview['operators'], { csrf }: Forms): Html {
  const { id, service, type, receivedAt, attempts, error, payload, history } = letter;
  const happened = history.map(
    (it) =>
      html`<li>
        ${time(it.at)} ${it.what}${it.by ? html` by ${operators.get(it.by) ?? it.by}` : ''}
        ${it.error ?? it.reason ?? ''}
      </li>`,
  );
  const retry = html`<form method="post" action="/admin/dead-letters/${id}/retry">
    <input type="hidden" name="csrf" value="${csrf}" /><button>Retry</button>
  </form>`;
  return html`<article>
    <h3>${service} · ${type.replace(/^wattline\./, '')}</h3>
    <p class="soft">${time(receivedAt)} · ${attempts} attempt(s) · event ${short(id)}</p>
    <p class="error">${error}</p>
    <details>
      <summary>What it says, and what happened</summary>
      <pre>${JSON.stringify(payload, null, 2)}</pre>
      <ul>
        ${happened}
      </ul>
    </details>
    <div class="actions">
      ${type === 'unreadable' ? '' : retry}
      <form method="post" action="/admin/dead-letters/${id}/discard">
        <input type="hidden" name="csrf" value="${csrf}" /><input
          type="hidden"
          name="service"
          value="${service}"
        />
        <input
          name="reason"
          required
          minlength="3"
          maxlength="300"
          placeholder="Why it shall have no effect"
          aria-label="Why it shall have no effect"
        /><button class="danger">Discard</button>
      </form>
    </div>
  </article>`;
}

export function approvals({ actions, operators }: Overview, forms: Forms): Html {
  if (actions.length === 0)
    return html`<p class="soft">Nobody has asked for a refund or an adjustment yet.</p>`;
  return html`<table>
    <thead>
      <tr>
        <th>What</th>
        <th>Amount</th>
        <th>Of</th>
        <th>Why</th>
        <th>Asked by</th>
        <th>When</th>
        <th>State</th>
      </tr>
    </thead>
    <tbody>
      ${actions.map((action) => approvalRow(action, operators, forms))}
    </tbody>
  </table>`;
}

function approvalRow(action: MoneyActionView, operators: Overview['operators'], forms: Forms): Html {
  const { id, kind, amount, subjectId, reason, requestedBy, requestedAt, state, refusal } = action;
  const open = state === 'waiting_for_approval';
  const cell = !open
    ? html`${state}${refusal ? html` (${refusal})` : ''}`
    : requestedBy === forms.userId
      ? html`<b>waits for another operator</b>`
      : html`<form method="post" action="/admin/approvals/${id}/approve">
            <input type="hidden" name="csrf" value="${forms.csrf}" /><button>Approve</button>
          </form>
          <form method="post" action="/admin/approvals/${id}/reject">
            <input type="hidden" name="csrf" value="${forms.csrf}" />
            <input
              name="reason"
              required
              minlength="3"
              maxlength="300"
              placeholder="Why not"
              aria-label="Why not"
            />
            <button class="danger">Reject</button>
          </form>`;
  return html`<tr>
    <th>${kind}</th>
    <td>${money(amount)}</td>
    <td>${short(subjectId)}</td>
    <td>${reason}</td>
    <td>${operators.get(requestedBy) ?? requestedBy}</td>
    <td>${time(requestedAt)}</td>
    <td>${cell}</td>
  </tr>`;
}

export function invariants({ invariants }: Overview): Html {
  if (!invariants) return AWAY;
  return html`<ul class="checks">
      ${invariants.results.map(
        ({ id, holds, says, violations }) =>
          html`<li class="${holds ? 'good' : 'bad'}">
            <b>${id} ${holds ? 'holds' : 'broken'}</b> ${says}${
              violations.length > 0
                ? html`<ul>
                    ${violations.map((it) => html`<li>${it}</li>`)}
                  </ul>`
                : ''
            }
          </li>`,
      )}
    </ul>
    <p class="soft">Looked at ${time(invariants.checkedAt)}, in ${invariants.tookMillis} ms.</p>`;
}

export function trail({ trail }: Overview): Html {
  if (!trail) return AWAY;
  return html`<table>
    <thead>
      <tr>
        <th>No.</th>
        <th>When</th>
        <th>Event</th>
        <th>Of</th>
        <th>Request</th>
      </tr>
    </thead>
    <tbody>
      ${trail.map(
        ({ seq, event }) =>
          html`<tr>
            <td class="num">${seq}</td>
            <td>${time(event.time)}</td>
            <td>${event.type.replace(/^wattline\.|\.v\d+$/g, '')}</td>
            <td>${short(event.subject)}</td>
            <td>${short(event.correlationid)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
