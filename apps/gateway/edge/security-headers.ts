import helmet from '@fastify/helmet';
import { fastify } from 'fastify';

/** The pages of the gateway (the landing page, /docs) bring everything along; their styles are in the page. */
const POLICY = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  frameguard: { action: 'deny' as const },
};

/** What every answer has anyway. */
const NOT_HELMETS = ['content-type', 'content-length', 'connection', 'date', 'keep-alive'];

/**
 * The headers that Helmet gives to an answer. They are the same for all, so it is asked once: as a plugin it would
 * put its policy together anew with every request.
 */
export async function securityHeaders(): Promise<Record<string, string>> {
  const sample = fastify();
  await sample.register(helmet, POLICY);
  sample.get('/', () => '');
  const { headers } = await sample.inject('/');
  await sample.close();
  const entries = Object.entries(headers).filter(([name]) => !NOT_HELMETS.includes(name));
  return Object.fromEntries(entries) as Record<string, string>;
}
