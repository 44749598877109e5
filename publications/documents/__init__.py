"""The Daftar Informasi Publik: documents with their versions, exemptions, and what each unit must publish."""
