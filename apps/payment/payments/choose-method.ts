import type { Method } from '#contracts';
import { ok, Problem, refuse, type Result } from '#kernel';
import type { Mode } from '#service-host';

/** The method that was asked for, or the usual one. The sandbox pays out of nothing: never in production. */
export function chooseMethod(asked: Method | undefined, usual: Method, mode: Mode): Result<Method> {
  const method = asked ?? usual;
  if (method === 'sandbox' && mode === 'production') {
    const detail = asked ? 'the sandbox is not for production' : 'name the method of payment';
    return refuse(new Problem('validation_failed', detail, [{ detail, pointer: '#/method' }]));
  }
  return ok(method);
}
