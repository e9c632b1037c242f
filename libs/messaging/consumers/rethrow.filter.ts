import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';

/** Passes on what a handler threw, itself: Nest would translate it, and the inbox could not tell what it means. */
@Catch()
export class Rethrow implements RpcExceptionFilter {
  catch(error: Error): Observable<never> {
    return throwError(() => error);
  }
}
