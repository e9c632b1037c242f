import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';
import { ok, Problem, refuse, type Result } from '#kernel';

/**
 * A phone number as E.164, `+2348010000001`. Spaces, dashes and brackets do not matter; a number without a
 * country code is read as one of `country`. Refusal: validation_failed.
 */
export function readPhone(text: string, country: CountryCode): Result<string> {
  const phone = parsePhoneNumberFromString(text, { defaultCountry: country, extract: false });
  if (phone?.isValid() && !phone.ext) return ok(phone.number);
  const detail = 'phone is not a telephone number; with its country code it is written +2348012345678';
  return refuse(new Problem('validation_failed', detail, [{ detail, pointer: '#/phone' }]));
}
