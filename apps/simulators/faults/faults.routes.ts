import type { FastifyInstance } from 'fastify';
import type { FaultMenu } from './fault-menu.js';

/** `POST`, `GET` and `DELETE …/faults`: the same three for every simulator. */
export function addFaultRoutes<Name extends string>(app: FastifyInstance, menu: FaultMenu<Name>): void {
  app.get('/faults', () => ({ faults: menu.list(), menu: menu.dishes, operations: menu.operations }));

  app.post('/faults', (request, reply) => {
    try {
      return reply.code(201).send(menu.order(request.body));
    } catch (error) {
      return reply.code(400).send({ status: 400, title: 'No such fault', detail: (error as Error).message });
    }
  });

  app.delete('/faults', (_request, reply) => {
    menu.clear();
    return reply.code(204).send();
  });

  app.delete<{ Params: { id: string } }>('/faults/:id', (request, reply) => {
    return reply.code(menu.cancel(Number(request.params.id)) ? 204 : 404).send();
  });
}
