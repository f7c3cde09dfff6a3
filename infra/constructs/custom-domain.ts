import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { DomainName, IpAddressType, SecurityPolicy } from 'aws-cdk-lib/aws-apigatewayv2';
import { AaaaRecord, ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import type { DomainPlan } from '../../src/plan/plan.ts';

/** A name of one's own for the API: certificate, domain and its records. The zone must be in the same account. */
export class CustomDomain extends Construct {
  readonly domainName: DomainName;

  constructor(scope: Construct, id: string, domain: DomainPlan) {
    super(scope, id);
    // By id and name: a look-up would ask the account at every synth.
    const zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      hostedZoneId: domain.hostedZone.id,
      zoneName: domain.hostedZone.name,
    });
    this.domainName = new DomainName(this, 'Name', {
      domainName: domain.name,
      certificate: new Certificate(this, 'Certificate', {
        domainName: domain.name,
        validation: CertificateValidation.fromDns(zone),
      }),
      securityPolicy: SecurityPolicy.TLS_1_2,
      ipAddressType: IpAddressType.DUAL_STACK,
    });
    const target = RecordTarget.fromAlias(
      new ApiGatewayv2DomainProperties(this.domainName.regionalDomainName, this.domainName.regionalHostedZoneId),
    );
    // With a dot at the end the name is whole already; without it the CDK might add the zone's once more.
    const record = { zone, recordName: `${domain.name}.`, target };
    new ARecord(this, 'Ipv4', record);
    new AaaaRecord(this, 'Ipv6', record);
  }
}
