/** Every refusal the API knows: its stable code, HTTP status and title (RFC 9457). Codes are never renamed. */
export const PROBLEMS = {
  validation_failed: { status: 400, title: 'The request is not valid' },
  idempotency_key_required: { status: 400, title: 'A request that moves money needs an idempotency key' },
  reset_code_invalid: { status: 400, title: 'The code is wrong, too old, or was used already' },
  meter_number_invalid: { status: 400, title: 'This meter number is mistyped: its check digit is wrong' },
  unauthorized: { status: 401, title: 'Sign in to continue' },
  invalid_credentials: { status: 401, title: 'Phone or password is wrong' },
  forbidden: { status: 403, title: 'Your role may not do this' },
  account_suspended: { status: 403, title: 'This account is suspended' },
  step_up_required: { status: 403, title: 'Prove with your password that it is you' },
  second_person_required: { status: 403, title: 'Another operator has to decide this' },
  not_found: { status: 404, title: 'There is no such thing here' },
  meter_unknown: { status: 404, title: 'No meter has this number' },
  voucher_unknown: { status: 404, title: 'No voucher has this code' },
  conflict: { status: 409, title: 'The request conflicts with the present state' },
  meter_suspended: { status: 409, title: 'Sales for this meter are suspended' },
  meter_blocked: { status: 409, title: 'Nothing is sold for this meter: it is blocked' },
  voucher_used: { status: 409, title: 'This voucher is used already' },
  voucher_expired: { status: 409, title: 'This voucher has expired' },
  voucher_void: { status: 409, title: 'This voucher was taken out of use' },
  voucher_other_utility: { status: 409, title: 'This voucher is for meters of another utility' },
  quote_outdated: { status: 409, title: 'The price has changed since this quote: ask for a new one' },
  phone_taken: { status: 409, title: 'An account with this phone exists already' },
  bill_not_payable: { status: 409, title: 'This bill can no longer be changed or paid' },
  payment_in_progress: { status: 409, title: 'A payment for this bill is under way' },
  request_in_progress: { status: 409, title: 'A request with this idempotency key is still running' },
  receipt_not_ready: { status: 409, title: 'A receipt exists once the payment is paid' },
  payment_not_in_doubt: { status: 409, title: 'The outcome of this payment is not in doubt' },
  payment_not_refundable: { status: 409, title: 'This payment cannot be refunded' },
  insufficient_funds: { status: 409, title: 'The wallet does not hold enough money' },
  amount_mismatch: { status: 422, title: 'The amount is not the amount of the bill' },
  amount_too_low: { status: 422, title: 'The amount is too low to buy electricity for this meter' },
  amount_too_high: { status: 422, title: 'The amount is above the most that is sold for this meter at once' },
  currency_mismatch: { status: 422, title: 'This meter is sold in another currency than the wallets have' },
  reading_in_future: { status: 422, title: 'A meter cannot be read at a time that is still to come' },
  reading_backwards: {
    status: 422,
    title: 'A register never falls: this reading is below an earlier one, or above a later one',
  },
  idempotency_key_reused: { status: 422, title: 'The idempotency key belongs to another request' },
  payload_too_large: { status: 413, title: 'The request body is too large' },
  unsupported_media_type: { status: 415, title: 'Send the body as application/json' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'The service cannot accept this now' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

export interface FieldError {
  detail: string;
  /** JSON pointer into the body, `#/amount`. */
  pointer: string;
}

export interface ProblemExtra {
  retryAfterSeconds?: number;
  links?: Record<string, string>;
  /** The least or the most that would have been accepted. */
  limit?: { amount: string; currency: string };
}

/**
 * A refusal with a stable code. It is a value where it is expected (`Result`), and may be thrown at the
 * edge, where one filter turns it into problem+json. It never carries provider text or secrets.
 */
export class Problem extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly detail?: string,
    readonly errors?: FieldError[],
    /** Further members of the answer, and `retryAfterSeconds`, which becomes the Retry-After header. */
    readonly extra: ProblemExtra = {},
  ) {
    super(detail ?? PROBLEMS[code].title);
    this.name = 'Problem';
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }
}
