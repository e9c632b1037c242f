import { runAsProcess } from '#service-host';
import { notificationService } from './index.js';

await runAsProcess(notificationService);
