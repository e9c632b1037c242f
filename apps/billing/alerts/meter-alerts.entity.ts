import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type Alert, type AlertRow, ALERTS, ARMED, type Limits } from './alert.rules.js';
import type { QuietHours } from './quiet-hours.rules.js';

/** What the owner of a saved meter wants to be told of, and what they were told. */
@Entity('meter_alerts')
export class MeterAlerts {
  /** The saved meter's. */
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'owner_id' }) ownerId!: string;
  @Column('text', { name: 'meter_number' }) meterNumber!: string;
  @Column('bigint', { name: 'low_balance_wh', nullable: true }) lowBalanceWh!: bigint | null;
  @Column('int', { name: 'days_left', nullable: true }) daysLeft!: number | null;
  @Column('bigint', { name: 'daily_use_wh', nullable: true }) dailyUseWh!: bigint | null;
  /** Minor units of the meter's currency. */
  @Column('bigint', { name: 'monthly_budget', nullable: true }) monthlyBudget!: bigint | null;
  @Column('text', { name: 'quiet_from', nullable: true }) quietFrom!: string | null;
  @Column('text', { name: 'quiet_to', nullable: true }) quietTo!: string | null;
  /** In which the quiet hours are: the person's, or the utility's. */
  @Column('text', { name: 'time_zone' }) timeZone!: string;
  @Column('boolean') sms!: boolean;
  @Column('boolean') app!: boolean;
  /** By alert; what is not here is armed. */
  @Column('jsonb') states!: Partial<Record<Alert, AlertRow>>;
  /** When it is looked at next. */
  @Column('timestamptz', { name: 'check_at' }) checkAt!: Date;
}

export const limitOf: Readonly<Record<Alert, (limits: Limits) => bigint | number | null>> = {
  low_balance: ({ lowBalanceWh }) => lowBalanceWh,
  days_left: ({ daysLeft }) => daysLeft,
  daily_use: ({ dailyUseWh }) => dailyUseWh,
  monthly_budget: ({ monthlyBudget }) => monthlyBudget,
};

export const stateOf = ({ states }: MeterAlerts, alert: Alert): AlertRow => states[alert] ?? ARMED;

export function quietHoursOf({ quietFrom, quietTo, timeZone }: MeterAlerts): QuietHours | undefined {
  return quietFrom !== null && quietTo !== null ? { from: quietFrom, to: quietTo, timeZone } : undefined;
}

/** Where a limit has changed, its alert starts anew; when it last told anybody stays, so that nobody is told at will. */
export function rearmed(before: MeterAlerts, limits: Limits): MeterAlerts['states'] {
  const kept = ALERTS.map((alert): [Alert, AlertRow] => {
    const row = stateOf(before, alert);
    const isSame = limitOf[alert](before) === limitOf[alert](limits);
    return [alert, isSame ? row : { ...ARMED, raisedAt: row.raisedAt }];
  });
  return Object.fromEntries(kept);
}
