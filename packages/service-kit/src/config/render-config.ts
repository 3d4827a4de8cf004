import type { TObject } from '@sinclair/typebox';
import { describeSettings, type SettingDescription } from './describe-setting.js';

/** The settings of one service, for the documents that are made of all of them. */
export interface ServiceSettings {
  readonly service: string;
  readonly schema: TObject;
}

interface SharedSetting extends SettingDescription {
  readonly services: readonly string[];
}

/** Renders `.env.example`: every variable once, explained; only those without a default stand uncommented. */
export function renderEnvExample(parts: readonly ServiceSettings[]): string {
  const blocks = mergeSettings(parts).map((setting) => {
    const explanation = [setting.description, `Allowed: ${setting.allowed}. Read by: ${setting.services.join(', ')}.`]
      .filter((line) => line !== '')
      .map((line) => `# ${line}`);
    const assignment = `${setting.name}=${setting.defaultValue ?? ''}`;
    return [...explanation, setting.required ? assignment : `# ${assignment}`].join('\n');
  });
  return `${blocks.join('\n\n')}\n`;
}

/** Renders the table of `docs/configuration.md` (Markdown), one row a variable. */
export function renderConfigTable(parts: readonly ServiceSettings[]): string {
  const rows = mergeSettings(parts).map((setting) => [
    `\`${setting.name}\``,
    setting.secret ? `${setting.allowed} (secret)` : setting.allowed,
    describeDefault(setting),
    setting.services.join(', '),
    setting.description,
  ]);
  const head = ['variable', 'allowed', 'default', 'read by', 'what it does'];
  return [head, head.map(() => '---'), ...rows].map(renderRow).join('\n') + '\n';
}

function describeDefault(setting: SettingDescription): string {
  if (setting.required) return 'none: must be set';
  return setting.defaultValue === undefined || setting.defaultValue === '' ? '–' : `\`${setting.defaultValue}\``;
}

function renderRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** A variable that two services read must mean the same to both, else one of the two documents would lie. */
function mergeSettings(parts: readonly ServiceSettings[]): SharedSetting[] {
  const merged = new Map<string, SharedSetting>();
  for (const { service, schema } of parts) {
    for (const setting of describeSettings(schema)) {
      const known = merged.get(setting.name);
      if (known === undefined) {
        merged.set(setting.name, { ...setting, services: [service] });
        continue;
      }
      const { services, ...others } = known;
      if (JSON.stringify(others) !== JSON.stringify(setting)) {
        throw new TypeError(`${setting.name} is described differently by ${services.join(', ')} and ${service}`);
      }
      merged.set(setting.name, { ...known, services: [...services, service] });
    }
  }
  return [...merged.values()];
}
