"""What every part of `evaluatie.toml` has in common."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A part of `evaluatie.toml`: a key that is not named here is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)
