import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Id } from '#kernel';
import { runPrepared } from '#persistence';
import type { Subscribed } from './webhook-events.rules.js';

export interface FoundEndpoint {
  id: Id;
  owner_id: Id;
  everybodys: boolean;
  events: Subscribed[];
}

interface Question {
  resolve: (endpoints: FoundEndpoint[]) => void;
  reject: (error: unknown) => void;
}

const FIND = `SELECT id, owner_id, everybodys, events FROM webhook_endpoints
              WHERE state = 'enabled' AND (owner_id = ANY($1::uuid[]) OR everybodys)`;

/**
 * Finds who wants to be told of a person's events. Nothing is locked for it, and the works of a batch, which ask in
 * one turn, share a statement: nearly every event has no endpoint at all, and must cost next to nothing.
 */
@Injectable()
export class FindEndpoints {
  private waiting = new Map<Id, Question[]>();

  constructor(private readonly dataSource: DataSource) {}

  run(ownerId: Id): Promise<FoundEndpoint[]> {
    return new Promise((resolve, reject) => {
      if (this.waiting.size === 0) setImmediate(() => void this.answerAll());
      this.waiting.set(ownerId, [...(this.waiting.get(ownerId) ?? []), { resolve, reject }]);
    });
  }

  private async answerAll(): Promise<void> {
    const all = this.waiting;
    this.waiting = new Map();
    try {
      const rows = await runPrepared<FoundEndpoint>(this.dataSource, FIND, [[...all.keys()]]);
      for (const [ownerId, questions] of all) {
        const found = rows.filter((row) => row.everybodys || row.owner_id === ownerId);
        for (const { resolve } of questions) resolve(found);
      }
    } catch (error) {
      for (const questions of all.values()) for (const { reject } of questions) reject(error);
    }
  }
}
