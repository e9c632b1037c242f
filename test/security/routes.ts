import type { Json } from '#testing';

/** A route as the OpenAPI tells of it. */
export interface Route {
  name: string;
  method: string;
  path: string;
  hasBody: boolean;
  /** Needs no sign-in. */
  isOpen: boolean;
  /** Some role is needed. */
  hasRoles: boolean;
  /** Names of its query. */
  query: string[];
  /** Members that its body may have. */
  members: string[];
  /** The schema of its 200, if it tells one. */
  answer: Json;
}

export function routesOf(document: Json): Route[] {
  return Object.entries<Json>(document.paths).flatMap(([path, operations]) =>
    Object.entries<Json>(operations).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      hasBody: operation.requestBody !== undefined,
      isOpen: Array.isArray(operation.security) && operation.security.length === 0,
      hasRoles: String(operation.responses[403]?.description).includes('`forbidden`'),
      query: ((operation.parameters ?? []) as Json[])
        .filter((it) => it.in === 'query')
        .map(({ name }) => String(name)),
      members: Object.keys(
        schemaOf(document, operation.requestBody?.content?.['application/json']?.schema)?.properties ?? {},
      ),
      answer: operation.responses[200]?.content?.['application/json']?.schema,
    })),
  );
}

/** A schema without its references at the top. */
export function schemaOf(document: Json, schema: Json): Json {
  if (schema?.$ref) return schemaOf(document, document.components.schemas[schema.$ref.split('/').at(-1)]);
  if (schema?.allOf?.length === 1) return schemaOf(document, schema.allOf[0]);
  return schema;
}

export const filled = (path: string, params: Record<string, string>) =>
  path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`nothing is said about {${name}} of ${path}`);
    return value;
  });
