import { Problem } from '#kernel';
import type { Meter } from './meter.entity.js';

/** Why nothing is sold for a meter now, or undefined. */
export function whyNotSold({ status }: Pick<Meter, 'status'>): Problem | undefined {
  switch (status) {
    case 'active':
      return undefined;
    case 'suspended':
      return new Problem('meter_suspended');
    case 'blocked':
      return new Problem('meter_blocked');
  }
}
