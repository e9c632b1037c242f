import type { INestApplication } from '@nestjs/common';
import { ApiExtension, DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { type ProblemCode, PROBLEMS } from '#kernel';

/** Marks of an operation that become its problems, and do not stay in the document. */
export const OPEN_MARK = 'x-open';
export const ROLES_MARK = 'x-roles';
const PROBLEMS_MARK = 'x-problems';

/** Names the problems of a route beyond those that its shape tells: body, ids, sign-in, roles, limits. */
export const Refuses = (...codes: ProblemCode[]) => ApiExtension(PROBLEMS_MARK, codes);

interface Operation {
  parameters?: { in: string; name: string }[];
  requestBody?: unknown;
  responses: Record<string, unknown>;
  security?: object[];
  [OPEN_MARK]?: boolean;
  [ROLES_MARK]?: string[];
  [PROBLEMS_MARK]?: ProblemCode[];
}

/** The service's own OpenAPI document, made from its controllers, with every code that a route may answer. */
export function openApiOf(app: INestApplication, title: string): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle(`Wattline ${title}`)
    .setVersion('1')
    .addBearerAuth()
    .addSecurityRequirements('bearer')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  for (const path of Object.values(document.paths)) {
    for (const operation of Object.values(path as Record<string, Operation>)) nameProblems(operation);
  }
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: problemSchema },
  };
  return document;
}

function nameProblems(operation: Operation): void {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set([...codesByShape(operation), ...(operation[PROBLEMS_MARK] ?? [])])) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  for (const [status, codes] of byStatus) {
    operation.responses[status] = {
      description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('; '),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    };
  }
  if (operation[OPEN_MARK]) operation.security = [];
  delete operation[OPEN_MARK];
  delete operation[ROLES_MARK];
  delete operation[PROBLEMS_MARK];
}

function codesByShape(operation: Operation): ProblemCode[] {
  const codes: ProblemCode[] = ['rate_limited', 'unavailable'];
  const parameters = operation.parameters ?? [];
  if (!operation[OPEN_MARK]) codes.push('unauthorized');
  if (operation[ROLES_MARK]) codes.push('forbidden');
  if (parameters.some((it) => it.in === 'path')) codes.push('not_found');
  if (operation.requestBody) codes.push('validation_failed', 'payload_too_large', 'unsupported_media_type');
  else if (parameters.some((it) => it.in === 'query')) codes.push('validation_failed');
  return codes;
}

const text = { type: 'string' };

const problemSchema = {
  type: 'object',
  description: 'RFC 9457. `code` is stable; `detail` is for people.',
  required: ['type', 'title', 'status', 'code', 'instance'],
  properties: {
    type: text,
    title: text,
    status: { type: 'integer' },
    detail: text,
    instance: text,
    code: { type: 'string', enum: Object.keys(PROBLEMS) },
    traceId: text,
    errors: {
      type: 'array',
      items: { type: 'object', required: ['detail', 'pointer'], properties: { detail: text, pointer: text } },
    },
    links: { type: 'object', additionalProperties: text },
    limit: { type: 'object', properties: { amount: text, currency: text } },
  },
};
