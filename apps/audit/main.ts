import { runAsProcess } from '#service-host';
import { auditService } from './index.js';

await runAsProcess(auditService);
