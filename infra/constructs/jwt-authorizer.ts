import { createHash } from 'node:crypto';
import {
  HttpAuthorizer,
  HttpAuthorizerType,
  type HttpApi,
  type IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import { authorizerKey, type AuthorizerPlan } from '../../src/plan/authorizers.ts';

/** An authorizer as a route takes it. */
export type RouteAuthorizer = IHttpRouteAuthorizer;

/**
 * A JWT authorizer that several routes may share. Unlike the CDK's `HttpJwtAuthorizer` it hangs on the API, under an id
 * made of what it checks, and not on the first route that uses it: taking that route away changes no other.
 *
 * @throws RangeError for an issuer without TLS, which API Gateway refuses
 */
export function jwtAuthorizer(scope: Construct, api: HttpApi, plan: AuthorizerPlan): RouteAuthorizer {
  if (!plan.issuer.startsWith('https://'))
    throw new RangeError(`API Gateway takes an issuer by https only, not ${plan.issuer}`);
  const id = `Authorizer-${createHash('sha256').update(authorizerKey(plan)).digest('hex').slice(0, 12)}`;
  const authorizer = new HttpAuthorizer(scope, id, {
    httpApi: api,
    authorizerName: id,
    type: HttpAuthorizerType.JWT,
    identitySource: ['$request.header.Authorization'],
    jwtIssuer: plan.issuer,
    jwtAudience: [...plan.audience],
  });
  return { bind: () => ({ authorizerId: authorizer.authorizerId, authorizationType: 'JWT' }) };
}
