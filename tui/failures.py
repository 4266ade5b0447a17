"""The failures that end in a sentence for a person, not in a crash."""

from db.errors import StoreError
from imaging.edit import PatchError
from imaging.photo import PhotoError
from models.package import ModelError
from pipeline.errors import PipelineError

EXPECTED = (StoreError, PhotoError, ModelError, PipelineError, PatchError)
