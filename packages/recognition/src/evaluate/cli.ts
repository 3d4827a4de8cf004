import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createPipeline } from '../pipeline/create-pipeline.js';
import { loadManifest } from '../models/manifest.js';
import { policyOfModels, type RecognitionPolicy } from '../policy.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { defaultModelPath } from './config.js';
import { describePhotos } from './describe-photos.js';
import { evaluateGroups, type GroupsReport } from './evaluate-groups.js';
import { identificationFigures, type IdentificationFigures, type Outcomes } from './identification-figures.js';
import { evaluatePairs, type PairsReport } from './evaluate-pairs.js';
import { findUnreached, readRequirement } from './required-figures.js';

const usage = `usage: npm run eval -- [--lfw DIR --pairs CSV] [--groups DIR] [--photos DIR] [options]
  --lfw DIR      photos as DIR/NAME/NAME_0001.jpg
  --pairs CSV    columns fold, a, b, same
  --groups DIR   photos and faces.csv (columns file, faces)
  --photos DIR   any photos: size, blur, pose and liveness of every face
  --counts CSV   another table of counts than DIR/faces.csv
  --detector D   rfb (default) or haar
  --mode M       for --groups and --photos: group (default) or single
  --models DIR   default: MODEL_PATH, else the repository's models folder
  --require-accuracy N   ends with 1 when the accuracy of the pairs is below N (0 to 1)
  --require-recall N     ends with 1 when less than this share of the groups' faces is found (0 to 1)
  --max-false N          ends with 1 when more faces than N are found beyond the count`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      lfw: { type: 'string' },
      pairs: { type: 'string' },
      groups: { type: 'string' },
      photos: { type: 'string' },
      counts: { type: 'string' },
      detector: { type: 'string', default: 'rfb' },
      mode: { type: 'string', default: 'group' },
      models: { type: 'string' },
      'require-accuracy': { type: 'string' },
      'require-recall': { type: 'string' },
      'max-false': { type: 'string' },
    },
  });
  const { lfw, pairs, groups, photos, detector, mode } = values;
  const wellFormed = (detector === 'rfb' || detector === 'haar') && (mode === 'group' || mode === 'single');
  if (!wellFormed || Boolean(lfw) !== Boolean(pairs) || !(lfw ?? groups ?? photos)) throw new Error(usage);

  const required = {
    accuracy: readRequirement('require-accuracy', values['require-accuracy'], 1),
    recall: readRequirement('require-recall', values['require-recall'], 1),
    falseFaces: readRequirement('max-false', values['max-false']),
  };

  const modelPath = values.models ?? defaultModelPath();
  const policy = policyOfModels(await loadManifest(modelPath));
  const pipeline = await createPipeline({
    modelPath,
    detector,
    liveness: photos !== undefined,
  });
  console.log(`model ${pipeline.model.id}, detector ${pipeline.model.detector}`);
  const pairsReport = lfw && pairs ? await runPairs(pipeline, policy, lfw, pairs) : undefined;
  const counts = values.counts ?? join(groups ?? '', 'faces.csv');
  const groupsReport = groups ? await evaluateGroups(pipeline, groups, counts, mode) : undefined;
  if (groupsReport) printGroups(groupsReport);
  if (photos) await describePhotos(pipeline, photos, mode, console.log);
  await pipeline.close();
  const unreached = findUnreached(required, pairsReport, groupsReport);
  for (const line of unreached) console.error(`not reached: ${line}`);
  if (unreached.length > 0) process.exitCode = 1;
}

async function runPairs(
  pipeline: Pipeline,
  policy: RecognitionPolicy,
  lfw: string,
  pairs: string,
): Promise<PairsReport> {
  const report = await evaluatePairs(pipeline, lfw, pairs, (done, of) => {
    if (done % 500 === 0) console.log(`  ${done} of ${of} images`);
  });
  printPairs(report);
  const withoutLiveness: RecognitionPolicy = { ...policy, liveness: 'off' };
  printIdentification(identificationFigures(report.subjects, withoutLiveness), policy);
  for (const threshold of [0.35, 0.4, 0.45, 0.5]) {
    const at = { ...withoutLiveness, matchThreshold: threshold, reviewThreshold: threshold, quality: anyQuality };
    const { known, strangers } = identificationFigures(report.subjects, at);
    console.log(
      `  match ${threshold}, any quality: ${shareOf(known, 'match')} of the known found, ` +
        `${shareOf(known, 'wrong')} taken for another, ${shareOf(strangers, 'match')} of the strangers matched`,
    );
  }
  return report;
}

const anyQuality = { minBlur: 0, minSize: 0, maxYaw: 180, maxPitch: 180, maxRoll: 180 };

function shareOf(outcomes: Outcomes, outcome: keyof Outcomes): string {
  const total = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  return `${((100 * outcomes[outcome]) / total).toFixed(2)} %`;
}

function printIdentification(figures: IdentificationFigures, policy: RecognitionPolicy): void {
  const { gallery, known, strangers } = figures;
  const { matchThreshold, reviewThreshold, minMargin } = policy;
  console.log(
    `identification by the default policy (match ${matchThreshold}, review ${reviewThreshold}, margin ${minMargin}), ` +
      `gallery of ${gallery} with one image each`,
  );
  for (const [who, outcomes] of Object.entries({ known, strangers })) {
    const shares = (Object.keys(outcomes) as (keyof Outcomes)[]).map((name) => `${name} ${shareOf(outcomes, name)}`);
    console.log(`  ${who}: ${shares.join(', ')}`);
  }
}

function printPairs({ figures, ...report }: PairsReport): void {
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  console.log(`pairs ${report.pairs}, images ${report.images}`);
  console.log(`no face found in ${report.withoutFace.length} ${report.withoutFace.join(' ')}`);
  console.log(
    `accuracy ${percent(figures.accuracy)} ± ${percent(figures.spread)}, ` +
      `thresholds ${figures.thresholds.map((value) => value.toFixed(3)).join(' ')}`,
  );
  console.log(`AUC ${figures.auc.toFixed(5)}`);
  for (const { far, tar, threshold } of figures.operatingPoints) {
    console.log(`TAR ${percent(tar)} at FAR ${far}, threshold ${threshold.toFixed(3)}`);
  }
  for (const kind of ['genuine', 'impostor'] as const) {
    const { mean, spread } = figures[kind];
    console.log(`${kind} ${mean.toFixed(3)} ± ${spread.toFixed(3)}`);
  }
  console.log(report.times.describe());
}

function printGroups(report: GroupsReport): void {
  for (const { file, faces, found } of report.photos) {
    if (found !== faces) console.log(`  ${file}: ${found} found, ${faces} counted`);
  }
  console.log(
    `groups: ${report.photos.length} photos, ${report.faces} faces, ` +
      `recall ${report.recall.toFixed(3)}, false faces ${report.falseFaces}`,
  );
  console.log(report.times.describe());
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
