"""Makes what the seed lists; LocalStack runs it once its API answers, at each start, with nothing left from before."""

import json
import os
from pathlib import Path

import boto3

seed = json.loads(Path(os.environ["SEED"]).read_text())


def client(service: str):
    return boto3.client(
        service,
        endpoint_url=f"http://localhost:{os.environ['SEED_PORT']}",
        region_name=os.environ["AWS_DEFAULT_REGION"],
        # It admits any.
        aws_access_key_id="seed",
        aws_secret_access_key="seed",
    )


if seed["buckets"]:
    s3 = client("s3")
    there = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    for bucket in seed["buckets"]:
        if bucket not in there:
            # A bucket of us-east-1 must not name its region.
            region = os.environ["AWS_DEFAULT_REGION"]
            where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
            s3.create_bucket(Bucket=bucket, **where)
for queue in seed["queues"]:
    client("sqs").create_queue(QueueName=queue)
for topic in seed["topics"]:
    client("sns").create_topic(Name=topic)
print(f"seeded {len(seed['buckets'])} buckets, {len(seed['queues'])} queues, {len(seed['topics'])} topics", flush=True)
