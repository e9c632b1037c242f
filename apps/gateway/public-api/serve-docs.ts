import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { PublicApi } from './public-api.js';

/** Swagger UI at /docs, with everything it needs from this process. */
export function serveDocs(app: NestFastifyApplication): void {
  const api = app.get(PublicApi);
  const empty = { ...new DocumentBuilder().build(), paths: {} };
  SwaggerModule.setup('docs', app, empty, {
    raw: false, // the document itself is at /openapi.json
    customSiteTitle: 'Wattline API',
    swaggerOptions: { persistAuthorization: false, displayRequestDuration: true },
    patchDocumentOnRequest: () => api.document(),
  });
}
