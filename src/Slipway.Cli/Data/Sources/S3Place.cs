namespace Slipway.Cli.Data.Sources;

/// <summary>Where the objects of "s3://bucket/prefix" are, and who asks for them: from the AWS_* variables, as other programs read them.</summary>
/// <param name="Root">The bucket's own address, ends in '/'.</param>
/// <param name="Signer">Null where no key is set: the bucket must be open to all.</param>
internal sealed record S3Place(string Bucket, string Prefix, string Root, S3Signer? Signer)
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public static S3Place Parse(string source, CommandContext context)
    {
        string rest = source["s3://".Length..];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string bucket = slash < 0 ? rest : rest[..slash];
        if (bucket.Length == 0)
        {
            throw new CliException($"'{source}' names no bucket", "write s3://BUCKET/PREFIX", usage: true);
        }

        string region = Variable(context, "AWS_REGION") ?? Variable(context, "AWS_DEFAULT_REGION") ?? "us-east-1";
        string? endpoint = Variable(context, "AWS_ENDPOINT_URL_S3") ?? Variable(context, "AWS_ENDPOINT_URL");
        if (endpoint is not null && !(Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? at) && at.Scheme is "http" or "https"))
        {
            throw new CliException($"AWS_ENDPOINT_URL is '{endpoint}', which is no address", "write it as http://127.0.0.1:9000", usage: true);
        }

        // A bucket with dots does not fit the certificate of its own host.
        string root = endpoint is not null ? $"{endpoint.TrimEnd('/')}/{S3Signer.Encode(bucket, keepSlash: false)}/"
            : bucket.Contains('.', StringComparison.Ordinal) ? $"https://s3.{region}.amazonaws.com/{bucket}/"
            : $"https://{bucket}.s3.{region}.amazonaws.com/";
        return new S3Place(bucket, slash < 0 ? "" : rest[(slash + 1)..], root, SignerOf(context, region));
    }

    public override string ToString() => $"s3://{Bucket}/{Prefix}";

    public Uri Object(string key) => new(Root + S3Signer.Encode(key, keepSlash: true), AsWritten);

    /// <summary>A page of keys that begin with the prefix.</summary>
    public Uri Page(string? continuation)
    {
        string token = continuation is null ? "" : $"continuation-token={S3Signer.Encode(continuation, keepSlash: false)}&";
        return new Uri($"{Root}?{token}list-type=2&prefix={S3Signer.Encode(Prefix, keepSlash: false)}", AsWritten);
    }

    private static S3Signer? SignerOf(CommandContext context, string region)
    {
        (string? id, string? secret) = (Variable(context, "AWS_ACCESS_KEY_ID"), Variable(context, "AWS_SECRET_ACCESS_KEY"));
        return id is null && secret is null ? null
            : id is null || secret is null ? throw new CliException($"{(id is null ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY")} is not set, the other of the two is", "set both, or none for a bucket that is open to all")
            : new S3Signer(id, secret, Variable(context, "AWS_SESSION_TOKEN"), region, context.Time);
    }

    private static string? Variable(CommandContext context, string name) => context.Environment(name) is { Length: > 0 } value ? value : null;
}
