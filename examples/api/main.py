"""A small web API. Locally `uvicorn main:app` serves it; on Lambda, Mangum does."""

from fastapi import FastAPI
from mangum import Mangum
from pydantic import BaseModel, Field

app = FastAPI(title="Greetings")


class Greeting(BaseModel):
    """What is said to whom."""

    name: str
    message: str


class Request(BaseModel):
    """Whom to greet."""

    name: str = Field(min_length=1, max_length=80)


@app.get("/greetings/{name}")
def read_greeting(name: str) -> Greeting:
    return Greeting(name=name, message=f"Hello, {name}!")


@app.post("/greetings", status_code=201)
def make_greeting(request: Request) -> Greeting:
    return read_greeting(request.name)


lambda_handler = Mangum(app, lifespan="off")
