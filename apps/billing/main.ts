import { runAsProcess } from '#service-host';
import { billingService } from './index.js';

await runAsProcess(billingService);
