"""Makes a thumbnail of the picture in the body of a request to a function URL."""

import base64
import io

from PIL import Image, UnidentifiedImageError

LARGEST_SIDE = 128


def lambda_handler(event, context):
    body = event.get("body", "")
    picture = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    try:
        with Image.open(io.BytesIO(picture)) as image:
            image.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
            thumbnail = io.BytesIO()
            image.save(thumbnail, "PNG")
    except UnidentifiedImageError:
        return {"statusCode": 415, "body": "send a picture"}
    return {
        "statusCode": 200,
        "headers": {"content-type": "image/png"},
        "body": base64.b64encode(thumbnail.getvalue()).decode(),
        "isBase64Encoded": True,
    }
