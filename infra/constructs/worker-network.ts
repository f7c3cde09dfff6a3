import { Validations } from 'aws-cdk-lib';
import { CfnSecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Construct, type IDependable } from 'constructs';

/** Where containers run: subnets, what may reach what, and whether each has an address of its own. */
export interface Network {
  subnetIds: string[];
  securityGroupIds: string[];
  publicIp: boolean;
  /** What must stand before a container can reach anything. */
  ready?: IDependable;
}

/**
 * A small VPC for workers whose source names none: two public subnets and no NAT gateway, which would cost more in a
 * month than a container does. Each container has a public address, through which it reaches AWS and whatever its handler
 * calls; nothing can reach it.
 */
export class WorkerNetwork extends Construct {
  readonly network: Network;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'Public', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false }],
      // Takes a function of its own, for a group that nothing is in.
      restrictDefaultSecurityGroup: false,
    });
    Validations.of(vpc).acknowledge({
      id: 'AwsSolutions::AwsSolutions-VPC7',
      reason: 'nothing listens in it; flow logs would cost more than they could tell',
    });
    const group = new CfnSecurityGroup(this, 'SecurityGroup', {
      groupDescription: 'Workers: nothing in, TCP out',
      vpcId: vpc.vpcId,
      securityGroupEgress: [
        {
          ipProtocol: 'tcp',
          fromPort: 0,
          toPort: 65_535,
          cidrIp: '0.0.0.0/0',
          description: 'AWS, and whatever handlers call',
        },
      ],
    });
    this.network = {
      subnetIds: vpc.publicSubnets.map(({ subnetId }) => subnetId),
      securityGroupIds: [group.attrGroupId],
      publicIp: true,
      // Whole: `internetConnectivityEstablished` is the gateway alone, and neither its route nor the tables of the subnets.
      ready: vpc,
    };
  }
}
