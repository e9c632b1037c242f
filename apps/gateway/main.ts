import { runAsProcess } from '#service-host';
import { gatewayService } from './index.js';

await runAsProcess(gatewayService);
