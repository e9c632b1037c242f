import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  attachPrivateBroker,
  findRabbitmqServer,
  removePrivateBroker,
  speaksAmqp,
  startPrivateBroker,
} from './private-broker.js';

const whereThereIsOne =
  findRabbitmqServer() && process.env['WATTLINE_TEST_NO_BROKER'] !== '1' ? describe : describe.skip;

whereThereIsOne('a private broker', () => {
  it('starts, is killed and restarted by another process, and leaves nothing running', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wattline-broker-'));
    try {
      const broker = await startPrivateBroker({ folder });
      expect(await speaksAmqp(broker.info.port)).toBe(true);
      expect(broker.ctl('list_vhosts', '--silent')).toContain('/');
      const first = broker.pid();

      const attached = attachPrivateBroker(broker.info);
      await attached.kill();
      expect(broker.pid()).toBeUndefined();
      expect(await speaksAmqp(broker.info.port)).toBe(false);

      await attached.start();
      expect(broker.pid()).not.toBe(first);
      expect(await speaksAmqp(broker.info.port)).toBe(true);

      await broker.stop();
      expect(broker.pid()).toBeUndefined();
      expect(await speaksAmqp(broker.info.epmdPort)).toBe(false);
    } finally {
      await removePrivateBroker(folder);
    }
  }, 120_000);
});
