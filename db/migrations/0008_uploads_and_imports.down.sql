drop table user_imports;
drop table uploaded_images;
