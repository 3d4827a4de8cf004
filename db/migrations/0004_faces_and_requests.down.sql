drop table object_deletions, idempotency_keys, reviews, recognized_faces, recognition_requests, gallery_changes, galleries,
  face_embeddings, face_images, registration_requests, face_models;
