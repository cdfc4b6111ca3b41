using Slipway.Daemon.S3.Signing;

namespace Slipway.Daemon.Tests.S3.Signing;

/// <summary>The examples that Amazon publishes for S3's Signature Version 4.</summary>
public sealed class SignatureV4Tests
{
    private const string Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private const string Date = "20130524T000000Z";
    private const string Scope = "20130524/us-east-1/s3/aws4_request";
    private const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Theory]
    [InlineData("/test.txt", "", "bytes=0-9", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")]
    [InlineData("/", "lifecycle", null, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")]
    [InlineData("/", "max-keys=2&prefix=J", null, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    public void A_published_request_has_its_published_signature(string path, string query, string? range, string expected)
    {
        List<KeyValuePair<string, string>> headers = [new("host", "examplebucket.s3.amazonaws.com"), new("x-amz-content-sha256", EmptyHash), new("x-amz-date", Date)];
        if (range is not null)
        {
            headers.Insert(1, new("range", range));
        }

        string canonical = SignatureV4.CanonicalRequest("GET", path, AwsEncoding.ParseQuery(query), headers, EmptyHash);
        string signature = SignatureV4.Sign(SignatureV4.SigningKey(Secret, Scope), SignatureV4.StringToSign(Date, Scope, canonical));

        Assert.Equal(expected, signature);
    }
}
