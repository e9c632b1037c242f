import { runAsProcess } from '#service-host';
import { paymentService } from './index.js';

await runAsProcess(paymentService);
