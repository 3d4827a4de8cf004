import onnxProto from 'onnx-proto';

const { onnx } = onnxProto;

export type OnnxModel = onnxProto.onnx.IModelProto;
export type OnnxGraph = onnxProto.onnx.IGraphProto;
export type OnnxNode = onnxProto.onnx.INodeProto;
export type OnnxTensor = onnxProto.onnx.ITensorProto;

/** Throws when the bytes are not an ONNX model with a graph. */
export function decodeModel(bytes: Uint8Array): { model: OnnxModel; graph: OnnxGraph } {
  const model = onnx.ModelProto.decode(bytes);
  if (!model.graph) throw new Error('the file holds no ONNX graph');
  return { model, graph: model.graph };
}

/** The same model always gives the same bytes: fields are written in the order of their numbers. */
export function encodeModel(model: OnnxModel): Uint8Array {
  return onnx.ModelProto.encode(model).finish();
}

export function tensorShape(tensor: OnnxTensor): number[] {
  return (tensor.dims ?? []).map(Number);
}

/** The values of a float32 initializer, whichever of the two fields holds them. */
export function readFloats(tensor: OnnxTensor): Float32Array {
  if (tensor.dataType !== onnx.TensorProto.DataType.FLOAT) {
    throw new Error(`tensor ${tensor.name ?? ''} is not float32`);
  }
  const raw = tensor.rawData;
  if (!raw || raw.length === 0) return Float32Array.from(tensor.floatData ?? []);
  // ONNX stores raw data little-endian; a copy also gives the alignment a Float32Array asks for.
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Float32Array.from({ length: raw.length / 4 }, (_, i) => view.getFloat32(i * 4, true));
}

export function floatTensor(name: string, shape: readonly number[], values: Float32Array): OnnxTensor {
  const raw = new Uint8Array(values.length * 4);
  const view = new DataView(raw.buffer);
  values.forEach((value, i) => {
    view.setFloat32(i * 4, value, true);
  });
  return {
    name,
    dims: [...shape],
    dataType: onnx.TensorProto.DataType.FLOAT,
    rawData: raw,
  };
}

export function node(
  opType: string,
  name: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, number | readonly number[]>> = {},
): OnnxNode {
  const { INT, INTS } = onnx.AttributeProto.AttributeType;
  return {
    opType,
    name,
    input: [...inputs],
    output: [output],
    attribute: Object.entries(attributes).map(([key, value]) =>
      typeof value === 'number'
        ? { name: key, type: INT, i: value }
        : { name: key, type: INTS, ints: [...value] },
    ),
  };
}
