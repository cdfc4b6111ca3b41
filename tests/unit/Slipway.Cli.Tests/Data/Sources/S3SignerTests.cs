using Slipway.Cli.Data.Sources;

namespace Slipway.Cli.Tests.Data.Sources;

public sealed class S3SignerTests
{
    /// <summary>The example "GET Bucket (List Objects)" of Amazon's page on Signature Version 4 in headers.</summary>
    [Fact]
    public void A_listing_is_signed_as_in_the_published_example()
    {
        S3Signer signer = new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", null, "us-east-1", new Day());
        using HttpRequestMessage request = new(HttpMethod.Get, "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J");
        signer.Sign(request);
        Assert.EndsWith(
            "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7", request.Headers.GetValues("Authorization").Single(), StringComparison.Ordinal);
    }

    private sealed class Day : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero);
    }
}
