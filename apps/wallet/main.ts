import { runAsProcess } from '#service-host';
import { walletService } from './index.js';

await runAsProcess(walletService);
