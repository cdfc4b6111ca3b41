using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Slipway.Content;
using Slipway.Daemon.S3.Listing;
using Slipway.Daemon.S3.Objects;
using Slipway.Daemon.S3.Payloads;
using Slipway.Daemon.S3.Signing;

namespace Slipway.Daemon.S3;

/// <summary>S3 over branches: at the root of the TCP port or below <c>/s3</c>, with the bucket in the path or in the host.</summary>
internal sealed class S3Door(SignatureCheck signatures, S3Buckets buckets, BucketListing listing, S3Objects objects)
{
    private const int MostDeletes = 1000;
    private const int LongestBody = 4 << 20;
    private const string VirtualHost = ".localhost";

    public async Task AnswerAsync(HttpContext http)
    {
        http.Response.Headers["x-amz-request-id"] = http.TraceIdentifier;
        try
        {
            await DispatchAsync(http);
        }
        catch (S3Exception error) when (!http.Response.HasStarted)
        {
            await RefuseAsync(http, error);
        }
        catch (SlipwayException error) when (!http.Response.HasStarted)
        {
            await RefuseAsync(http, S3Exception.Of(error));
        }
        catch (XmlException) when (!http.Response.HasStarted)
        {
            await RefuseAsync(http, new S3Exception(400, "MalformedXML", "the body is not the XML that this call takes"));
        }
    }

    private static Task RefuseAsync(HttpContext http, S3Exception error)
    {
        foreach (string name in (string[])["ETag", "Last-Modified", "Content-Range", "Accept-Ranges"])
        {
            http.Response.Headers.Remove(name);
        }

        return S3Xml.ErrorAsync(http, error);
    }

    private async Task DispatchAsync(HttpContext http)
    {
        // 1. Who it is. 2. Which bucket and key. 3. What is wanted.
        (string path, List<KeyValuePair<string, string>> query) = S3Request.Read(http);
        SignedRequest signed = await signatures.CheckAsync(http, path, query);
        S3Request request = new(http, path, query) { Key = signed.Key };
        bool reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (signed.Key.ReadOnly && !reads)
        {
            throw new S3Exception(403, "AccessDenied", $"access key {signed.Key.Id} may only read");
        }

        (string name, string key) = Split(http, path);
        if (name.Length == 0)
        {
            await ListBucketsAsync(request);
        }
        else if (key.Length == 0)
        {
            await BucketAsync(request, signed, name);
        }
        else
        {
            await ObjectAsync(request, signed, await buckets.GetAsync(name, request.Aborted), key);
        }
    }

    private static (string Bucket, string Key) Split(HttpContext http, string path)
    {
        string host = http.Request.Host.Host;
        string rest = path == "/s3" ? "" : path.StartsWith("/s3/", StringComparison.Ordinal) ? path[4..] : path[1..];
        if (host.EndsWith(VirtualHost, StringComparison.OrdinalIgnoreCase))
        {
            return (host[..^VirtualHost.Length], rest);
        }

        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (rest, "") : (rest[..slash], rest[(slash + 1)..]);
    }

    private async Task BucketAsync(S3Request request, SignedRequest signed, string name)
    {
        if (HttpMethods.IsPut(request.Method) && request.Query.Count == 0)
        {
            await buckets.CreateAsync(name, request.Aborted);
            return;
        }

        S3Bucket bucket = await buckets.GetAsync(name, request.Aborted);
        string? of = request.Query.Select(member => member.Key).FirstOrDefault(member => member is "location" or "versioning" or "delete" or "uploads" or "acl" or "policy" or "cors" or "lifecycle" or "tagging" or "encryption");
        await ((request.Method, of) switch
        {
            ("HEAD", _) => Task.CompletedTask,
            ("GET", null) => listing.AnswerAsync(request, bucket),
            ("GET", "location") => S3Xml.WriteAsync(request.Http, "LocationConstraint", _ => { }),
            ("GET", "versioning") => S3Xml.WriteAsync(request.Http, "VersioningConfiguration", _ => { }),
            ("POST", "delete") => DeleteManyAsync(request, signed, bucket),
            _ => throw NotThere(request),
        });
    }

    private async Task ObjectAsync(S3Request request, SignedRequest signed, S3Bucket bucket, string key)
    {
        if (request.Query.Any(member => member.Key is "uploads" or "uploadId" or "acl" or "tagging" or "retention" or "legal-hold" or "torrent" or "select" or "restore"))
        {
            throw NotThere(request);
        }

        switch (request.Method)
        {
            case "GET" or "HEAD":
                await objects.GetAsync(request, bucket, key);
                break;
            case "PUT" when request.Header("x-amz-copy-source") is not null:
                await objects.CopyAsync(request, bucket, key);
                break;
            case "PUT":
                await objects.PutAsync(request, signed, bucket, key);
                break;
            case "DELETE":
                await objects.DeleteAsync(bucket, [key], request.Aborted);
                request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            default:
                throw NotThere(request);
        }
    }

    private async Task ListBucketsAsync(S3Request request)
    {
        if (!HttpMethods.IsGet(request.Method))
        {
            throw NotThere(request);
        }

        List<(string Name, DateTimeOffset Created)> list = await buckets.ListAsync(request.Aborted);
        await S3Xml.WriteAsync(
            request.Http,
            "ListAllMyBucketsResult",
            xml =>
            {
                xml.WriteStartElement("Buckets");
                foreach ((string name, DateTimeOffset created) in list)
                {
                    xml.WriteStartElement("Bucket");
                    xml.WriteElementString("Name", name);
                    xml.WriteElementString("CreationDate", S3Xml.Time(created));
                    xml.WriteEndElement();
                }

                xml.WriteEndElement();
            });
    }

    private async Task DeleteManyAsync(S3Request request, SignedRequest signed, S3Bucket bucket)
    {
        await using CheckedBody body = new(request.Http, signed);
        using MemoryStream bytes = new();
        byte[] piece = new byte[16 * 1024];
        for (int read; (read = await body.ReadAsync(piece, request.Aborted)) > 0 && bytes.Length <= LongestBody;)
        {
            bytes.Write(piece.AsSpan(0, read));
        }

        if (bytes.Length > LongestBody || (Digest.TryParseHex(signed.Payload, out Digest said) && said != Digest.Of(bytes.GetBuffer().AsSpan(0, (int)bytes.Length))))
        {
            throw new S3Exception(400, "XAmzContentSHA256Mismatch", "the body is too long, or does not have the digest that x-amz-content-sha256 says");
        }

        bytes.Position = 0;
        using XmlReader reader = XmlReader.Create(bytes, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, Async = true });
        XElement root = await XElement.LoadAsync(reader, LoadOptions.PreserveWhitespace, request.Aborted);
        List<string> keys = [.. root.Descendants().Where(element => element.Name.LocalName == "Key").Select(element => element.Value)];
        bool quiet = root.Elements().Any(element => element.Name.LocalName == "Quiet" && element.Value == "true");
        if (keys.Count is 0 or > MostDeletes)
        {
            throw new S3Exception(400, "MalformedXML", $"one call deletes 1 to {MostDeletes} keys");
        }

        await objects.DeleteAsync(bucket, keys, request.Aborted);
        await S3Xml.WriteAsync(
            request.Http,
            "DeleteResult",
            xml =>
            {
                foreach (string key in quiet ? [] : keys)
                {
                    xml.WriteStartElement("Deleted");
                    xml.WriteElementString("Key", key);
                    xml.WriteEndElement();
                }
            });
    }

    private static S3Exception NotThere(S3Request request) => new(
        501, "NotImplemented", $"{request.Method} {request.Path}{(request.Query.Count > 0 ? "?" + request.Query[0].Key : "")} is not a part of S3 that is here: docs/s3.md lists what is");
}
