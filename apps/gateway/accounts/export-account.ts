import { Injectable } from '@nestjs/common';
import type { ServiceName } from '#contracts';
import { Problem } from '#kernel';
import type { UserCaller } from '#service-host';
import { Forwarder } from '../forwarding/forwarder.js';
import { ReadProfile } from './read-profile.js';

interface List {
  name: string;
  service: ServiceName;
  path: string;
}

interface Page {
  items: unknown[];
  nextCursor: string | null;
}

const PAGE = 100;

/** All that the system has about a person, as one JSON text. */
@Injectable()
export class ExportAccount {
  constructor(
    private readonly readProfile: ReadProfile,
    private readonly forwarder: Forwarder,
  ) {}

  /**
   * The text in pieces, a page of a list at a time: an account may have any number of payments. Throws `unavailable`
   * before the first piece when a service is away; one that goes away later breaks the text off, so that nobody takes
   * a part for the whole.
   */
  async run(caller: UserCaller): Promise<AsyncGenerator<string>> {
    // The services let operators read everybody's things; an export has one's own.
    const asOwner: UserCaller = { ...caller, role: 'household' };
    const [profile, wallet, ...firstPages] = await Promise.all([
      this.readProfile.run(caller),
      this.read('wallet', '/api/wallet', asOwner),
      ...listsOf(caller.userId).map((list) => this.page(list, null, asOwner)),
    ]);
    return this.pieces({ profile, wallet }, listsOf(caller.userId), firstPages, asOwner);
  }

  private async *pieces(
    objects: object,
    lists: List[],
    firstPages: Page[],
    caller: UserCaller,
  ): AsyncGenerator<string> {
    yield JSON.stringify(objects).slice(0, -1);
    for (const [i, list] of lists.entries()) {
      yield `,${JSON.stringify(list.name)}:[`;
      let page = firstPages[i]!;
      yield page.items.map((item) => JSON.stringify(item)).join(',');
      while (page.nextCursor !== null) {
        page = await this.page(list, page.nextCursor, caller);
        yield page.items.map((item) => `,${JSON.stringify(item)}`).join('');
      }
      yield ']';
    }
    yield '}';
  }

  private async page({ service, path }: List, cursor: string | null, caller: UserCaller): Promise<Page> {
    const query = `limit=${PAGE}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    return (await this.read(service, `${path}?${query}`, caller)) as Page;
  }

  private async read(service: ServiceName, path: string, caller: UserCaller): Promise<unknown> {
    const { status, body } = await this.forwarder.send(service, { method: 'GET', path, headers: {} }, caller);
    if (status === 200) return JSON.parse(body.toString('utf8')) as unknown;
    throw new Problem('unavailable', `${service} did not answer`, undefined, { retryAfterSeconds: 1 });
  }
}

function listsOf(userId: string): List[] {
  return [
    { name: 'walletEntries', service: 'wallet', path: `/api/wallets/${userId}/entries` },
    { name: 'bills', service: 'billing', path: '/api/bills' },
    { name: 'redemptions', service: 'billing', path: '/api/vouchers/redemptions' },
    { name: 'payments', service: 'payment', path: '/api/payments' },
    { name: 'notifications', service: 'notification', path: '/api/notifications' },
  ];
}
