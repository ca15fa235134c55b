# A list of (parameters, value) in, one number out.
def execute(errors):
    return {'mean': round(sum(value for _, value in errors) / len(errors), 4)}
