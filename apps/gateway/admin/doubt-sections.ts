import type { PaymentInDoubt, RedemptionInDoubt } from '#contracts';
import { AWAY, money, time } from './admin-sections.js';
import { type Html, html } from './html.js';
import type { Overview } from './read-overview.js';

/** What is in doubt: each has an owner and a deadline. */
export function paymentsInDoubt({ inDoubt }: Overview): Html {
  if (!inDoubt) return AWAY;
  if (inDoubt.length === 0) return html`<p class="soft">None. Every payment has ended or is on its way.</p>`;
  return html`<table>
    <thead>
      <tr>
        <th>Payment</th>
        <th>State</th>
        <th>Amount</th>
        <th>Since</th>
        <th>Waits for</th>
        <th>Owner</th>
        <th>Until</th>
      </tr>
    </thead>
    <tbody>
      ${inDoubt.map(
        (it) =>
          html`<tr>
            <th>${it.reference}</th>
            <td>${it.status}</td>
            <td>${money(it.amount)}</td>
            <td>${time(it.createdAt)}</td>
            <td>${it.waitsFor}</td>
            ${owned(it)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

export function redemptionsInDoubt({ redemptions }: Overview): Html {
  if (!redemptions) return AWAY;
  if (redemptions.length === 0)
    return html`<p class="soft">None. Every voucher is unused, used, or on its way.</p>`;
  return html`<table>
    <thead>
      <tr>
        <th>Redemption</th>
        <th>Meter</th>
        <th>Worth</th>
        <th>Since</th>
        <th>Owner</th>
        <th>Until</th>
      </tr>
    </thead>
    <tbody>
      ${redemptions.map(
        (it) =>
          html`<tr>
            <th><code>${it.id}</code></th>
            <td>${it.meterNumber}</td>
            <td>${worth(it)}</td>
            <td>${time(it.unknownSince)}</td>
            ${owned(it)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** A voucher of energy has no price. */
function worth({ amount, units }: RedemptionInDoubt): Html {
  return Number(amount.amount) > 0 ? money(amount) : html`<span class="num">${units.kwh} kWh</span>`;
}

function owned({ owner, deadline, overdue }: Pick<PaymentInDoubt, 'owner' | 'deadline' | 'overdue'>): Html {
  return html`<td>${owner}</td>
    <td class="${overdue ? 'bad' : ''}">${time(deadline)}</td>`;
}
