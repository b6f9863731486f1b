"""The names of S3's IAM actions, and the API operations that people write in their place."""

from __future__ import annotations

from difflib import get_close_matches

_ON_OBJECTS = """
    AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectAnnotation DeleteObjectTagging
    DeleteObjectVersion DeleteObjectVersionAnnotation DeleteObjectVersionTagging GetObject GetObjectAcl
    GetObjectAnnotation GetObjectAttributes GetObjectLegalHold GetObjectRetention GetObjectTagging GetObjectTorrent
    GetObjectVersion GetObjectVersionAcl GetObjectVersionAnnotation GetObjectVersionAnnotationForReplication
    GetObjectVersionAttributes GetObjectVersionForReplication GetObjectVersionTagging GetObjectVersionTorrent
    InitiateReplication ListMultipartUploadParts ListObjectAnnotations ListObjectVersionAnnotations
    ObjectOwnerOverrideToBucketOwner PutObject PutObjectAcl PutObjectAnnotation PutObjectLegalHold
    PutObjectRetention PutObjectTagging PutObjectVersionAcl PutObjectVersionAnnotation PutObjectVersionTagging
    ReplicateDelete ReplicateObject ReplicateObjectAnnotation ReplicateTags RestoreObject UpdateObjectEncryption
"""
_ON_BUCKETS = """
    AllowVendedLogDeliveryForResource CreateBucket CreateBucketMetadataTableConfiguration DeleteBucket
    DeleteBucketMetadataTableConfiguration DeleteBucketPolicy DeleteBucketWebsite GetAccelerateConfiguration
    GetAnalyticsConfiguration GetBucketABAC GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging
    GetBucketMetadataTableConfiguration GetBucketNotification GetBucketObjectLockConfiguration
    GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus GetBucketPublicAccessBlock
    GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration
    GetIntelligentTieringConfiguration GetInventoryConfiguration GetLifecycleConfiguration GetMetricsConfiguration
    GetReplicationConfiguration ListBucket ListBucketMultipartUploads ListBucketVersions ListTagsForResource
    PauseReplication PutAccelerateConfiguration PutAnalyticsConfiguration PutBucketABAC PutBucketAcl PutBucketCORS
    PutBucketLogging PutBucketNotification PutBucketObjectLockConfiguration PutBucketOwnershipControls
    PutBucketPolicy PutBucketPublicAccessBlock PutBucketRequestPayment PutBucketTagging PutBucketVersioning
    PutBucketWebsite PutEncryptionConfiguration PutIntelligentTieringConfiguration PutInventoryConfiguration
    PutLifecycleConfiguration PutMetricsConfiguration PutReplicationConfiguration TagResource UntagResource
    UpdateBucketMetadataAnnotationTableConfiguration UpdateBucketMetadataInventoryTableConfiguration
    UpdateBucketMetadataJournalTableConfiguration
"""
_ON_OTHERS = """
    AssociateAccessGrantsIdentityCenter CreateAccessGrant CreateAccessGrantsInstance CreateAccessGrantsLocation
    CreateAccessPoint CreateAccessPointForObjectLambda CreateJob CreateMultiRegionAccessPoint CreateStorageLensGroup
    DeleteAccessGrant DeleteAccessGrantsInstance DeleteAccessGrantsInstanceResourcePolicy DeleteAccessGrantsLocation
    DeleteAccessPoint DeleteAccessPointForObjectLambda DeleteAccessPointPolicy
    DeleteAccessPointPolicyForObjectLambda DeleteJobTagging DeleteMultiRegionAccessPoint
    DeleteStorageLensConfiguration DeleteStorageLensConfigurationTagging DeleteStorageLensGroup DescribeJob
    DescribeMultiRegionAccessPointOperation DissociateAccessGrantsIdentityCenter GetAccessGrant
    GetAccessGrantsInstance GetAccessGrantsInstanceForPrefix GetAccessGrantsInstanceResourcePolicy
    GetAccessGrantsLocation GetAccessPoint GetAccessPointConfigurationForObjectLambda GetAccessPointForObjectLambda
    GetAccessPointPolicy GetAccessPointPolicyForObjectLambda GetAccessPointPolicyStatus
    GetAccessPointPolicyStatusForObjectLambda GetAccountPublicAccessBlock GetDataAccess GetJobTagging
    GetMultiRegionAccessPoint GetMultiRegionAccessPointPolicy GetMultiRegionAccessPointPolicyStatus
    GetMultiRegionAccessPointRoutes GetStorageLensConfiguration GetStorageLensConfigurationTagging
    GetStorageLensDashboard GetStorageLensGroup ListAccessGrants ListAccessGrantsInstances ListAccessGrantsLocations
    ListAccessPoints ListAccessPointsForObjectLambda ListAllMyBuckets ListCallerAccessGrants ListJobs
    ListMultiRegionAccessPoints ListStorageLensConfigurations ListStorageLensGroups
    PutAccessGrantsInstanceResourcePolicy PutAccessPointConfigurationForObjectLambda PutAccessPointPolicy
    PutAccessPointPolicyForObjectLambda PutAccessPointPublicAccessBlock PutAccountPublicAccessBlock PutJobTagging
    PutMultiRegionAccessPointPolicy PutStorageLensConfiguration PutStorageLensConfigurationTagging
    SubmitMultiRegionAccessPointRoutes UpdateAccessGrantsLocation UpdateJobPriority UpdateJobStatus
    UpdateStorageLensGroup
"""


def _actions(names: str) -> frozenset[str]:
    """The names of a list as actions."""
    return frozenset(f"s3:{name}" for name in names.split())


OBJECT_ACTIONS = _actions(_ON_OBJECTS)
"""Actions whose resource is an object: `arn:aws:s3:::bucket/key`."""

BUCKET_ACTIONS = _actions(_ON_BUCKETS)
"""Actions whose resource is a bucket: `arn:aws:s3:::bucket`."""

S3_ACTIONS = OBJECT_ACTIONS | BUCKET_ACTIONS | _actions(_ON_OTHERS)
"""All of S3's actions. Source: Service Authorization Reference, "Actions, resources, and condition keys for S3"."""

OPERATIONS = {
    "s3:completemultipartupload": "s3:PutObject",
    "s3:copyobject": "s3:PutObject",
    "s3:createmultipartupload": "s3:PutObject",
    "s3:deleteobjects": "s3:DeleteObject",
    "s3:getobjects": "s3:GetObject",
    "s3:headbucket": "s3:ListBucket",
    "s3:headobject": "s3:GetObject",
    "s3:initiatemultipartupload": "s3:PutObject",
    "s3:listbuckets": "s3:ListAllMyBuckets",
    "s3:listobject": "s3:ListBucket",
    "s3:listobjects": "s3:ListBucket",
    "s3:listobjectsv2": "s3:ListBucket",
    "s3:postobject": "s3:PutObject",
    "s3:read": "s3:GetObject",
    "s3:uploadpart": "s3:PutObject",
    "s3:write": "s3:PutObject",
}
"""Names of API operations, or guesses, that are no actions, and the action that allows what they mean.

Source: S3 User Guide, "Required permissions for Amazon S3 API operations".
"""

_KNOWN = {action.lower(): action for action in sorted(S3_ACTIONS)}


def is_known(action: str) -> bool:
    """Whether S3 has an action of that name; upper and lower case do not matter."""
    return action.lower() in _KNOWN


def meant(action: str) -> str:
    """The action that was probably meant by an unknown one; empty where nothing is near."""
    lower = action.lower()
    near = get_close_matches(lower, _KNOWN, n=1, cutoff=0.85)
    return OPERATIONS.get(lower) or (_KNOWN[near[0]] if near else "")
