import {
  decodeModel,
  encodeModel,
  floatTensor,
  node,
  readFloats,
  tensorShape,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
} from './onnx-graph.js';

/** Slopes nearer to 1 than this would divide by almost nothing; such an activation is left alone. */
const leastDistanceFromOne = 0.05;

/**
 * ONNX Runtime has no PRelu for its blocked CPU layout: every one forces two reorders of the feature map. For a
 * slope s a channel,
 *
 *     prelu(x) = relu(x) + s·min(x, 0) = (1 − s) · (relu(x) + s/(1 − s) · x)
 *
 * so the activation becomes a Relu and a depthwise 1×1 convolution, which stay in the blocked layout (the addition is
 * fused into the convolution), and the factor (1 − s) goes into the input channels of the convolutions that follow.
 *
 * Rewritten is every PRelu whose slope is one number a channel, away from 1, and whose consumers are all convolutions.
 * The result depends on the input bytes alone. Throws when the bytes are not an ONNX model.
 */
export function rewritePrelu(bytes: Uint8Array): { bytes: Uint8Array; rewritten: number; left: number } {
  const { model, graph } = decodeModel(bytes);
  const before = graph.node ?? [];
  const tensors = new Map((graph.initializer ?? []).map((tensor) => [tensor.name ?? '', tensor]));
  const outputs = new Set((graph.output ?? []).map(({ name }) => name));
  const after: OnnxNode[] = [];
  let rewritten = 0;
  let left = 0;
  for (const current of before) {
    if (current.opType !== 'PRelu') {
      after.push(current);
      continue;
    }
    const replacement = replace(current, before, tensors, outputs);
    if (replacement) rewritten += 1;
    else left += 1;
    after.push(...(replacement ?? [current]));
  }
  graph.node = after;
  graph.initializer = usedTensors(graph, tensors);
  return { bytes: encodeModel(model), rewritten, left };
}

function replace(
  prelu: OnnxNode,
  nodes: readonly OnnxNode[],
  tensors: Map<string, OnnxTensor>,
  outputs: ReadonlySet<string | null | undefined>,
): OnnxNode[] | undefined {
  const [input = '', slopeName = ''] = prelu.input ?? [];
  const output = prelu.output?.[0] ?? '';
  const slopes = perChannel(tensors.get(slopeName));
  const consumers = nodes.filter(({ input: names }) => names?.includes(output));
  if (!slopes || outputs.has(output) || consumers.length === 0) return undefined;
  if (!consumers.every((consumer) => canScale(consumer, output, tensors, slopes.length))) return undefined;

  for (const consumer of consumers) scaleInput(consumer, tensors, slopes);
  const linear = Float32Array.from(slopes, (slope) => slope / (1 - slope));
  const weight = `${output}_slope`;
  tensors.set(weight, floatTensor(weight, [slopes.length, 1, 1, 1], linear));
  return [
    node('Relu', `${output}_relu`, [input], `${output}_positive`),
    node('Conv', `${output}_conv`, [input, weight], `${output}_linear`, {
      dilations: [1, 1],
      group: slopes.length,
      kernel_shape: [1, 1],
      pads: [0, 0, 0, 0],
      strides: [1, 1],
    }),
    node('Add', `${output}_add`, [`${output}_linear`, `${output}_positive`], output),
  ];
}

function perChannel(slope: OnnxTensor | undefined): Float32Array | undefined {
  if (!slope) return undefined;
  const [channels, ...rest] = tensorShape(slope);
  const values = readFloats(slope);
  const oneEach = values.length === channels && rest.every((size) => size === 1);
  const apart = values.every((value) => Math.abs(1 - value) >= leastDistanceFromOne);
  return oneEach && apart ? values : undefined;
}

function canScale(
  consumer: OnnxNode,
  output: string,
  tensors: ReadonlyMap<string, OnnxTensor>,
  channels: number,
): boolean {
  if (consumer.opType !== 'Conv' || consumer.input?.[0] !== output) return false;
  const weight = tensors.get(consumer.input[1] ?? '');
  if (!weight) return false;
  const [, inputs = 0] = tensorShape(weight);
  const groups = groupsOf(consumer);
  return (groups === 1 && inputs === channels) || (groups === channels && inputs === 1);
}

/** Multiplies a convolution's weights with (1 − s) of the input channel they meet; the bias stays as it is. */
function scaleInput(conv: OnnxNode, tensors: Map<string, OnnxTensor>, slopes: Float32Array): void {
  const [data = '', weightName = '', ...bias] = conv.input ?? [];
  const weight = tensors.get(weightName);
  if (!weight) throw new Error(`convolution ${conv.name ?? ''} has no weight`);
  const shape = tensorShape(weight);
  const [, inputs = 1, ...kernel] = shape;
  const area = kernel.reduce((product, size) => product * size, 1);
  const depthwise = groupsOf(conv) > 1;
  const values = readFloats(weight).map((value, i) => {
    const channel = depthwise ? Math.floor(i / area) : Math.floor(i / area) % inputs;
    return value * (1 - (slopes[channel] ?? 0));
  });
  // A name of its own: another convolution may share the weight.
  const scaled = `${weightName}_${conv.output?.[0] ?? ''}_scaled`;
  tensors.set(scaled, floatTensor(scaled, shape, values));
  conv.input = [data, scaled, ...bias];
}

function groupsOf(conv: OnnxNode): number {
  return Number(conv.attribute?.find(({ name }) => name === 'group')?.i ?? 1);
}

function usedTensors(graph: OnnxGraph, tensors: ReadonlyMap<string, OnnxTensor>): OnnxTensor[] {
  const used = new Set((graph.node ?? []).flatMap(({ input }) => input ?? []));
  return [...tensors].filter(([name]) => used.has(name)).map(([, tensor]) => tensor);
}
