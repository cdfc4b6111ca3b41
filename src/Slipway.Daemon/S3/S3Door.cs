using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Slipway.Content;
using Slipway.Daemon.S3.Buckets;
using Slipway.Daemon.S3.Listing;
using Slipway.Daemon.S3.Multipart;
using Slipway.Daemon.S3.Objects;
using Slipway.Daemon.S3.Payloads;
using Slipway.Daemon.S3.Signing;

namespace Slipway.Daemon.S3;

/// <summary>S3 over branches: at the root of the TCP port or below <c>/s3</c>, with the bucket in the path or in the host.</summary>
internal sealed class S3Door(
    SignatureCheck signatures, S3Buckets buckets, BucketListing listing, S3Objects objects, MultipartVerbs multipart)
{
    private const int MostDeletes = 1000;
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
        catch (BadHttpRequestException error) when (!http.Response.HasStarted)
        {
            await RefuseAsync(http, new S3Exception(error.StatusCode, "IncompleteBody", $"the request cannot be read: {error.Message}"));
        }
        catch (Exception error) when (error is not OperationCanceledException && !http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted)
        {
            ServerLog.Write($"s3: {http.Request.Method}: {error}");
            await RefuseAsync(http, new S3Exception(500, "InternalError", "the server failed at this request; its log says how"));
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
        string? setting = BucketSettings.Find(request);
        if (request.Method == "PUT" && setting is null)
        {
            await buckets.CreateAsync(name, request.Aborted);
            request.Http.Response.Headers.Location = $"/{name}";
            return;
        }

        S3Bucket bucket = await buckets.GetAsync(name, request.Aborted);
        await ((request.Method, setting) switch
        {
            ("HEAD", _) => Task.CompletedTask,
            (_, not null) => BucketSettings.AnswerAsync(request, setting),
            ("GET", _) when request.Has("uploads") => multipart.ListAsync(request, bucket),
            ("GET", _) when request.Has("versions") => throw NotThere(request),
            ("GET", _) => listing.AnswerAsync(request, bucket),
            ("POST", _) when request.Has("delete") => DeleteManyAsync(request, signed, bucket),
            ("DELETE", _) => DeleteBucketAsync(request, bucket),
            _ => throw NotThere(request),
        });
    }

    private async Task DeleteBucketAsync(S3Request request, S3Bucket bucket)
    {
        await buckets.DeleteAsync(bucket, await objects.IsEmptyAsync(bucket, request.Aborted), request.Aborted);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task ObjectAsync(S3Request request, SignedRequest signed, S3Bucket bucket, string key)
    {
        if (BucketSettings.Find(request) is { } setting)
        {
            await BucketSettings.AnswerAsync(request, setting);
            return;
        }

        if (request.Has("torrent") || request.Has("select") || request.Has("restore") || request.Has("attributes"))
        {
            throw NotThere(request);
        }

        string? upload = request.Find("uploadId");
        await ((request.Method, upload) switch
        {
            ("GET", not null) => multipart.ListPartsAsync(request, bucket, key, upload),
            ("PUT", not null) => multipart.PutPartAsync(request, signed, bucket, key, upload),
            ("POST", not null) => multipart.CompleteAsync(request, signed, bucket, key, upload),
            ("DELETE", not null) => AbortAsync(request, bucket, key, upload),
            ("POST", null) when request.Has("uploads") => multipart.BeginAsync(request, bucket, key),
            ("GET" or "HEAD", _) => objects.GetAsync(request, bucket, key),
            ("PUT", _) when request.Header("x-amz-copy-source") is not null => objects.CopyAsync(request, bucket, key),
            ("PUT", _) => objects.PutAsync(request, signed, bucket, key),
            ("DELETE", _) => DeleteAsync(request, bucket, key),
            _ => throw NotThere(request),
        });
    }

    private async Task AbortAsync(S3Request request, S3Bucket bucket, string key, string upload)
    {
        await multipart.AbortAsync(request, bucket, key, upload);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task DeleteAsync(S3Request request, S3Bucket bucket, string key)
    {
        await objects.DeleteAsync(bucket, [key], request.Aborted);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
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
        XElement root = await XmlBody.ReadAsync(request, signed);
        List<string> keys = [.. root.Descendants().Where(element => element.Name.LocalName == "Key").Select(element => element.Value)];
        bool quiet = root.Elements().Any(element => element.Name.LocalName == "Quiet" && element.Value == "true");
        if (keys.Count is 0 or > MostDeletes)
        {
            throw XmlBody.Malformed($"one call deletes 1 to {MostDeletes} keys");
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
