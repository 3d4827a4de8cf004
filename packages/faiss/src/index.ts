export { FAISS_ERROR_CODES, isFaissError, type FaissError, type FaissErrorCode } from './errors.js';
export { IdMappedFlatIpIndex, type SearchResult } from './id-mapped-flat-ip-index.js';
