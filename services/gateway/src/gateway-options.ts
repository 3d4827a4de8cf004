import type { Server } from 'node:http';
import type { ForeignStorageError, ObjectStore } from '@rollcall/object-store';
import type { Clock, Logger, SystemLog } from '@rollcall/service-kit';
import type { GatewayConfig } from './config.js';
import type { FeedsOptions } from './feeds/create-feeds.js';
import type { StreamEventsPorts } from './http/routes/feeds/stream-events.js';

export interface GatewayOptions {
  readonly config: GatewayConfig;
  readonly logger: Logger;
  readonly version: string;
  /** Where the logger's warnings are kept until the database takes them. */
  readonly systemLog?: SystemLog;
  /** The storage turned out to be another installation's: nothing may be stored. */
  readonly onForeignStorage?: (error: ForeignStorageError) => void;
  readonly clock?: Clock;
  readonly objects?: ObjectStore;
  /** The compiled module that computes passwords; tests, which run the sources, name it. */
  readonly passwordWorker?: URL;
  readonly passwordCost?: number;
  /** After this without an answer a database connection is given up, ms. */
  readonly queryTimeoutMs?: number;
  /** How long a looked-up person or setting is believed, ms; tests that change them take 0. */
  readonly cacheTtlMs?: number;
  /** How many may wait for events and notifications at once. */
  readonly feedLimits?: FeedsOptions['limits'];
  readonly streamTimes?: NonNullable<StreamEventsPorts['streamTimes']>;
}

export interface Gateway {
  readonly server: Server;
  /** Begins to listen; resolves with the port. */
  start(): Promise<number>;
  /** Says that it is not ready any more, and goes on for a moment: callers and balancers turn elsewhere before the door closes. */
  announce(signal?: AbortSignal): Promise<void>;
  /** Takes no more calls and answers those who wait. */
  stopIntake(): Promise<void>;
  /** Resolves when every call taken has been answered. */
  drain(): Promise<void>;
  close(): Promise<void>;
}
