import { flag, listField, oneOf, section, text, whole } from '../../fields.ts';
import { policyArn } from './arn.ts';
import { autoscaling } from './autoscaling.ts';

export const backend = section(
  { about: 'How Fargate runs the backend.', example: { architecture: 'arm64', exec: false } },
  {
    architecture: oneOf(['x86_64', 'arm64'], {
      about: 'What the image is built for; arm64 costs a fifth less.',
      default: 'x86_64',
      example: 'arm64',
    }),
    exec: flag({
      about: '`aws ecs execute-command` into a running task, for people who may.',
      depends: true,
      example: false,
    }),
    insights: flag({
      about: "Container Insights: CloudWatch's metrics of each task, charged apart.",
      default: false,
      example: true,
    }),
    autoscaling,
    spotPercent: whole({
      about:
        'Share of tasks on Fargate Spot, which costs about a third and may be stopped with two minutes of notice.',
      default: 0,
      example: 50,
      min: 0,
      max: 100,
    }),
    user: text({
      about:
        "User, and group after a colon, that the backend and its migrations run as. Set it for an image without `USER`, which runs as root otherwise; it must be able to read the application's files.",
      fallback: "the image's own",
      example: '1000:1000',
      pattern:
        /^(?!(root|0+)(:|$))([a-z_][a-z0-9_-]{0,31}|\d{1,9})(:([a-z_][a-z0-9_-]{0,31}|\d{1,9}))?$/,
      allowed: 'a user other than root such as node, 1000 or 1000:1000',
    }),
    repository: text({
      about:
        'Your own repository for the images that tasks run, in place of one in ECR: host and path. Fargate must be allowed to pull from it.',
      fallback: 'one of the stack in ECR',
      example: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop',
      pattern:
        /^(localhost|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*)(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/,
      allowed: 'a repository such as ghcr.io/acme/shop, without a tag',
    }),
    policies: listField(policyArn('ARN of an IAM policy.', 'shop-uploads', 'none'), {
      about:
        'IAM policies for the backend itself, such as one for its upload bucket. Without them it may do nothing in AWS.',
      implied: [],
      fallback: 'none',
      example: ['arn:aws:iam::123456789012:policy/shop-uploads'],
      allowed: 'a list of policy ARNs',
    }),
  },
);
