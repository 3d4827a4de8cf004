import { openInstallation, openTemporaryOperator } from '@rollcall/db';
import type { LocalConfig } from '../../local/local-config.js';

export interface LocalOperator {
  readonly email: string;
  readonly password: string;
  /** Slug of the organization. */
  readonly organization: string;
  /** Takes the right to sign in away again. */
  close(): Promise<void>;
}

/** Makes an operator in the database of this clone's installation, for whoever may read its secrets. @throws ClusterError */
export async function openLocalOperator({ stateDir, databaseUrl }: LocalConfig): Promise<LocalOperator> {
  const installation = await openInstallation({ stateDir, ...(databaseUrl === undefined ? {} : { databaseUrl }) });
  try {
    const operator = await openTemporaryOperator(installation.ownerUrl, {
      email: 'demo-operator@rollcall.invalid',
      fullName: 'Demo operator',
      actor: 'system:demo',
    });
    return {
      ...operator,
      close: async () => {
        await operator.close();
        await installation.close();
      },
    };
  } catch (error) {
    await installation.close();
    throw error;
  }
}
