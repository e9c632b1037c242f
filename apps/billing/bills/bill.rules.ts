import { Money, Problem, unreachable } from '#kernel';
import type { Bill } from './bill.entity.js';

export function amountOf(bill: Pick<Bill, 'amount' | 'currency'>): Money {
  return Money.ofMinor(bill.amount, bill.currency);
}

/** One line for people. */
export function titleOf(bill: Pick<Bill, 'kind' | 'number' | 'meterNumber'>): string {
  switch (bill.kind) {
    case 'bill':
      return `Bill ${bill.number}`;
    case 'electricity':
      return `Electricity for meter ${bill.meterNumber}`;
    case 'vouchers':
      return `Vouchers ${bill.number}`;
    default:
      return unreachable(bill.kind);
  }
}

interface Person {
  userId: string;
  role: string;
}

/** A customer sees their own bills, an operator all. */
export function maySee(bill: Pick<Bill, 'customerId'>, person: Person): boolean {
  return person.role === 'operator' || bill.customerId === person.userId;
}

/**
 * Who sees a bill may change or cancel it when they are an operator or made it themselves. What an operator
 * billed to a customer is a claim of the utility: the customer cannot reduce it, or make it go away.
 */
export function mayChange(bill: Pick<Bill, 'issuedBy'>, person: Person): boolean {
  return person.role === 'operator' || bill.issuedBy === person.userId;
}

/** Why a bill can be neither changed nor cancelled now, or undefined. */
export function whyFixed(bill: Pick<Bill, 'status' | 'claimedBy'>): Problem | undefined {
  if (bill.status !== 'unpaid') return new Problem('bill_not_payable', `this bill is ${bill.status}`);
  return bill.claimedBy ? paymentUnderWay(bill.claimedBy) : undefined;
}

/** Why this payment cannot claim a bill now, or undefined. A payment that has the bill already may always repeat. */
export function whyNotClaimable(
  bill: Bill,
  paymentId: string,
  amount: Money,
  now: Date,
): Problem | undefined {
  const hasIt = bill.claimedBy === paymentId || bill.paymentId === paymentId;
  const expired = bill.expiresAt !== null && bill.expiresAt <= now;
  if (!hasIt && bill.status !== 'unpaid')
    return new Problem('bill_not_payable', `this bill is ${bill.status}`);
  if (!hasIt && expired) return new Problem('bill_not_payable', 'this quote has expired: ask for a new one');
  const due = amountOf(bill);
  if (!due.equals(amount))
    return new Problem('amount_mismatch', `the amount of this bill is ${due.toString()}`);
  return !hasIt && bill.claimedBy ? paymentUnderWay(bill.claimedBy) : undefined;
}

function paymentUnderWay(paymentId: string): Problem {
  return new Problem('payment_in_progress', undefined, undefined, {
    links: { payment: `/api/payments/${paymentId}` },
  });
}

/** A quote is not overdue: it expires. `today` is the day in the deployment's time zone. */
export function isOverdue(bill: Pick<Bill, 'status' | 'dueDate' | 'expiresAt'>, today: string): boolean {
  return bill.status === 'unpaid' && bill.expiresAt === null && bill.dueDate < today;
}

/** Why a text cannot be a due date today, or undefined. */
export function whyNoDueDate(dueDate: string, today: string): Problem | undefined {
  const problem = whyNoDay('dueDate', dueDate);
  if (problem) return problem;
  return dueDate < today ? invalid('dueDate', `is in the past: today is ${today}`) : undefined;
}

/** Why a text is no day of the calendar, or undefined. */
export function whyNoDay(member: string, day: string): Problem | undefined {
  const midnight = new Date(/^\d{4}-\d{2}-\d{2}$/.test(day) ? `${day}T00:00:00Z` : NaN);
  // 30 February is a moment in March.
  const real = !Number.isNaN(midnight.getTime()) && midnight.toISOString().slice(0, 10) === day;
  return real ? undefined : invalid(member, 'must be a day of the calendar, as 2026-11-21');
}

export function invalid(member: string, detail: string): Problem {
  return new Problem('validation_failed', `${member} ${detail}`, [{ detail, pointer: `#/${member}` }]);
}
