import { createServer, type AddressInfo } from 'node:net';
import { notificationService, type NotificationSettings } from '#notification';
import { startSimulators, type Simulators, type TwilioOptions } from '#simulators';
import { SUBSCRIPTIONS, UserRegistered } from '#contracts';
import { FakeClock, newId } from '#kernel';
import { EmbeddedBus } from '#messaging';
import { type RunningService, runService, seal } from '#service-host';
import { startTestService, type TestService, until } from '#testing';

export const TWILIO = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'wattline-test-token' };
export const CONTACT_SECRET = 'a secret for contacts in these tests';
/** Waiting time before Twilio is asked; passed by the clock, never in fact. */
export const ASK_AFTER = 60_000;

export interface Person {
  userId: string;
  phone: string;
}

/** The notification service, Twilio's simulator, and one clock that stands still between them. */
export interface World {
  clock: FakeClock;
  simulators: Simulators;
  notification: TestService<NotificationSettings>;
  environment: Record<string, string>;
  /** Another process, which finds what the first left in the database; no message of the bus reaches it. */
  startAnother(): Promise<RunningService>;
  /** Somebody whose welcome has been sent. */
  newPerson(): Promise<Person>;
  /** What a phone received, the oldest first. */
  smsTo(phone: string): string[];
  /** Lets time pass and has what is due done. */
  pass(millis: number): Promise<void>;
  /** Lets time pass until no SMS is under way or in doubt any more. */
  settle(): Promise<void>;
  /** The effects that are not done, by state. */
  open(): Promise<string[]>;
  close(): Promise<void>;
}

export interface WorldOptions {
  twilio?: Partial<TwilioOptions>;
  environment?: Record<string, string>;
  /** Have delivery reports sent to the service. */
  reports?: boolean;
  simulatorPort?: number;
}

let lastPhone = 0;

/** An ordinary number: nothing magic happens to it. */
export const newPhone = () => `+23480${String(++lastPhone).padStart(8, '0')}`;

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const clock = new FakeClock();
  const twilio = { ...TWILIO, clock, stepMs: 5, ...options.twilio };
  const simulators = await startSimulators({ port: options.simulatorPort ?? 0, twilio });
  const port = options.reports ? await freePort() : 0;
  const environment: Record<string, string> = {
    TWILIO_ACCOUNT_SID: TWILIO.accountSid,
    TWILIO_AUTH_TOKEN: TWILIO.authToken,
    TWILIO_FROM: '+15005550006',
    TWILIO_API_BASE_URL: `${simulators.url}/twilio`,
    CONTACT_SECRET,
    SMS_ASK_AFTER_MS: String(ASK_AFTER),
    SMS_TIMEOUT_MS: '15000',
    PORT: String(port),
    ...(options.reports && {
      TWILIO_STATUS_CALLBACK_URL: `http://127.0.0.1:${port}/api/webhooks/twilio#rc=0`,
    }),
    ...options.environment,
  };
  const notification = await startTestService(notificationService, { clock, environment });

  const open = async () =>
    (
      await notification.database.rows<{ state: string }>(
        `SELECT state FROM notification.effects WHERE state <> 'done' ORDER BY state`,
      )
    ).map(({ state }) => state);
  const pass = async (millis: number) => {
    clock.advance(millis);
    await notification.running.parts.effects.sweep();
  };
  const others: RunningService[] = [];
  const world: World = {
    clock,
    simulators,
    notification,
    environment,
    startAnother: async () => {
      const another = await runService(notificationService, {
        environment: {
          ...environment,
          DATABASE_URL: notification.database.url,
          PORT: '0',
          INTERNAL_SECRET: 'a secret of the services in this test',
          LOG_LEVEL: 'silent',
        },
        transport: new EmbeddedBus(SUBSCRIPTIONS).transport(),
        clock,
      });
      others.push(another);
      return another;
    },
    open,
    pass,
    newPerson: async () => {
      const person = { userId: newId(), phone: newPhone() };
      await register(notification, person);
      await until('the welcome is accepted', async () =>
        (await statesOf(notification, person)).includes('sending'),
      );
      return person;
    },
    smsTo: (phone) => [...simulators.twilio.messages.newestFirst(phone)].map(({ body }) => body).reverse(),
    settle: () =>
      until('no SMS is under way', async () => {
        const states = await open();
        // A call under way is `started`; it ends by itself.
        if (states.some((state) => state !== 'started')) await pass(11 * 60_000);
        return states.length === 0;
      }).then(() => undefined),
    close: async () => {
      for (const other of others) await other.close();
      await notification.stop();
      await simulators.close();
    },
  };
  return world;
}

export function register(notification: TestService<NotificationSettings>, { userId, phone }: Person) {
  return notification.publish(UserRegistered, userId, {
    userId,
    role: 'household',
    language: 'en',
    sealedContact: sealContact(phone),
  });
}

export const sealContact = (phone: string, secret = CONTACT_SECRET) =>
  seal(JSON.stringify({ name: 'Amina Bello', phone }), secret, 'contact');

async function statesOf(
  notification: TestService<NotificationSettings>,
  { userId }: Person,
): Promise<string[]> {
  const rows = await notification.database.rows<{ state: string }>(
    'SELECT state FROM notification.messages WHERE user_id = $1',
    [userId],
  );
  return rows.map(({ state }) => (state === 'queued' ? 'queued' : 'sending'));
}

export const naira = (amount: string) => ({ amount, currency: 'NGN' });

export const billOf = (customerId: string, number = `B-${newId().slice(-12).toUpperCase()}`) => ({
  billId: newId(),
  number,
  kind: 'bill' as const,
  customerId,
  amount: naira('50.00'),
  dueDate: '2026-12-01',
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
