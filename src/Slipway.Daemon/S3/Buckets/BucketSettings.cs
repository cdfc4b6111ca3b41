using System.Xml;
using Microsoft.AspNetCore.Http;

namespace Slipway.Daemon.S3.Buckets;

/// <summary>
/// What clients ask of a bucket or an object besides its bytes, answered as for one whose settings nobody ever touched: there is one owner, no versions
/// by S3's own verbs (commits are the versions), and no policy. Nothing of it can be set.
/// </summary>
internal static class BucketSettings
{
    private const string Instance = "http://www.w3.org/2001/XMLSchema-instance";

    private static readonly Dictionary<string, (string Code, string What)> Absent = new(StringComparer.Ordinal)
    {
        ["policy"] = ("NoSuchBucketPolicy", "policy"),
        ["cors"] = ("NoSuchCORSConfiguration", "CORS configuration"),
        ["lifecycle"] = ("NoSuchLifecycleConfiguration", "lifecycle configuration"),
        ["website"] = ("NoSuchWebsiteConfiguration", "website configuration"),
        ["encryption"] = ("ServerSideEncryptionConfigurationNotFoundError", "encryption configuration"),
        ["object-lock"] = ("ObjectLockConfigurationNotFoundError", "object lock configuration"),
        ["retention"] = ("NoSuchObjectLockConfiguration", "retention"),
        ["legal-hold"] = ("NoSuchObjectLockConfiguration", "legal hold"),
        ["replication"] = ("ReplicationConfigurationNotFoundError", "replication configuration"),
        ["ownershipControls"] = ("OwnershipControlsNotFoundError", "ownership controls"),
        ["publicAccessBlock"] = ("NoSuchPublicAccessBlockConfiguration", "public access block"),
    };

    private static readonly Dictionary<string, string> Empty = new(StringComparer.Ordinal)
    {
        ["location"] = "LocationConstraint",
        ["versioning"] = "VersioningConfiguration",
        ["logging"] = "BucketLoggingStatus",
        ["notification"] = "NotificationConfiguration",
        ["accelerate"] = "AccelerateConfiguration",
    };

    /// <summary>The setting that a request is about; null where it is about the bucket or object itself.</summary>
    public static string? Find(S3Request request) => request.Query.Select(member => member.Key)
        .FirstOrDefault(name => name is "acl" or "tagging" or "requestPayment" || Absent.ContainsKey(name) || Empty.ContainsKey(name));

    /// <exception cref="S3Exception">It is not set, or cannot be.</exception>
    public static Task AnswerAsync(S3Request request, string setting)
    {
        bool changes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
        if (changes && setting == "acl" && request.Header("x-amz-acl") is "private" or "bucket-owner-full-control")
        {
            return Task.CompletedTask;
        }

        if (changes)
        {
            throw new S3Exception(501, "NotImplemented", $"'{setting}' of a bucket or an object cannot be set here: docs/s3.md says what can");
        }

        if (Absent.TryGetValue(setting, out (string Code, string What) absent))
        {
            throw new S3Exception(404, absent.Code, $"there is no {absent.What}");
        }

        return setting switch
        {
            "acl" => S3Xml.WriteAsync(request.Http, "AccessControlPolicy", xml => WriteAcl(xml, request)),
            "tagging" => S3Xml.WriteAsync(request.Http, "Tagging", xml => xml.WriteElementString("TagSet", "")),
            "requestPayment" => S3Xml.WriteAsync(request.Http, "RequestPaymentConfiguration", xml => xml.WriteElementString("Payer", "BucketOwner")),
            _ => S3Xml.WriteAsync(request.Http, Empty[setting], _ => { }),
        };
    }

    private static void WriteAcl(XmlWriter xml, S3Request request)
    {
        xml.WriteStartElement("Owner");
        WriteOwner(xml, request);
        xml.WriteEndElement();
        xml.WriteStartElement("AccessControlList");
        xml.WriteStartElement("Grant");
        xml.WriteStartElement("Grantee");
        xml.WriteAttributeString("xsi", "type", Instance, "CanonicalUser");
        WriteOwner(xml, request);
        xml.WriteEndElement();
        xml.WriteElementString("Permission", "FULL_CONTROL");
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void WriteOwner(XmlWriter xml, S3Request request)
    {
        xml.WriteElementString("ID", request.Key.Id);
        xml.WriteElementString("DisplayName", request.Key.Name);
    }
}
